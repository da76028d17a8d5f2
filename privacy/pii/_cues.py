"""
The words around a name that say whose name it is: a friend's or an author's.

Each word has one kind. The kinds, not the words, are what the model of `_names` weighs, so that a cue that it never
saw counts like its kin.
"""

__all__ = ["KIN", "KIND", "NOT_NAMES", "ORGANISATIONS", "SELF", "STUDY", "TITLES"]

_KINDS = {
    "REL": """
        friend friends bestie bff buddy pal mate teacher tutor coach mentor neighbor neighbour classmate classmates
        roommate flatmate partner boyfriend girlfriend brother sister cousin cousins mom mum mother dad father
        stepdad stepmom stepfather stepmother grandma grandpa grandmother grandfather uncle aunt auntie nephew niece
        boss coworker colleague counselor counsellor principal librarian babysitter nanny teammate teammates
        groupmate crush student students kid daughter son husband wife advisor adviser instructor doctor dentist
        nurse therapist twin siblings sibling supervisor manager captain trainer pastor ta assistant peer peers
        reader editor examiner guardian boy girl guy lady woman man tia tio abuela abuelo lola nana papa mama fiance
        ex
        """,
    "TITLE": """
        mister monsieur mademoiselle herr frau signor signora madam se\u00f1or se\u00f1ora do\u00f1a don profesor
        profesora
        maestro maestra mr mrs ms miss mx dr prof professor sir madam madame senor senora sra coach principal
        uncle aunt auntie tio kuya lolo mama papa opa oma nonna nonno madame
        tia grandma grandpa pastor rabbi imam nurse officer tita tito abuela abuelo sensei teacher cousin
        """,
    "ROLE": """
        president presidents senator governor minister pope king queen prince princess emperor empress author
        authors writer poet novelist playwright scientist scientists physicist philosopher psychologist economist
        historian researcher researchers scholar actor actress singer rapper director ceo founder inventor activist
        critic journalist columnist artist painter composer character characters hero heroine protagonist antagonist
        narrator chancellor congressman congresswoman justice judge general sociologist theorist astronaut musician
        billionaire entrepreneur saint st chemist biologist naturalist mathematician leader dictator explorer
        engineer mayor secretary representative linguist educator reformer abolitionist spokesperson anthropologist
        athlete player quarterback celebrity legend analyst expert essayist dramatist sculptor architect astronomer
        neuroscientist pioneer revolutionary statesman chairman lawyer reporter cofounder comedian filmmaker
        producer chef designer god goddess villain detective wizard spokesman vice
        biographer translator choreographer dancer ballerina violinist pianist songwriter screenwriter illustrator
        cartoonist photographer animator podcaster youtuber influencer pundit commentator correspondent broadcaster
        surgeon physician psychiatrist neurologist epidemiologist virologist geneticist statistician programmer
        geologist paleontologist botanist zoologist ecologist archaeologist folklorist theologian missionary bishop
        archbishop cardinal sultan shah tsar czar duke duchess earl count countess baron colonel admiral commander
        conqueror rebel sociologists psychologists philosophers historians economists ministers laureate
        conquistador gymnast boxer swimmer sprinter footballer attorney prosecutor criminologist ethicist
        orator environmentalist feminist suffragist suffragette humanitarian philanthropist nutritionist
        lecturer
        """,
    "CALL": "named called nicknamed calls call known signed herself himself themselves",
    "NAME": "name names nickname nicknames alias surname",
    "MEET": """
        interviewed interviewing asking ask tell telling text texting met meet meets thanked remember remembered
        miss
        missed know saw seen see hugged hug loved married marry trust trusted watched convinced dedicated
        dedicate invite
        visit begged introduce introduced thanking help helping teach teaching joined join ignore ignored
        believe believed
        forgive forgave meeting knowing hit kissed chose choose paid pay beat blamed blame raised bullied
        tutored tutoring
        mentored babysat drove phoned emailed messaged messaging followed interviewee against besides except""",
    "MINE": "mine ours",
    "MADE": "edited reviewed proofread checked typed corrected graded prepared presented submitted written drafted",
    "IS": "is are was were am be isn wasn",
    "BY": "by",
    "WITH": "with alongside beside",
    "AND": "and & or plus",
    "TO": "to toward towards",
    "FROM": "from",
    "FOR": "for",
    "IN": "in at near inside outside across around through throughout visit visiting visited downtown",
    "OF": "of about",
    "AS": "as like than",
    "WHEN": "when while after before because since once if whenever until then but so that yesterday today later "
    "finally maybe",
    "ACCORDING": "according per",
    "DET": "the a an this that these those every each some another any no both all",
    "MY": "my our",
    "POSS": "his her their your its whose",
    "I": "i we me us myself im",
    "THEY": "he she they him them you it who",
    "SALUTE": "dear hi hello hey hiya yo bye goodbye attn cc thanks thank welcome congratulations sorry morning "
    "hola greetings ps",
    "SIGN": "sincerely regards love cheers best yours respectfully truly xoxo reading gratefully warmly "
    "faithfully signed hugs wishes",
    "HEAD": "student instructor submitted written writer prepared members group team partners class period grade "
    "course section block "
    "essay draft homework assignment contact recipient applicant participant advisor",
    "PAST": """
        ate beat became began bent bit bled blew bred broke built burnt bought caught clung crept cut dealt drank drew
        dreamt dug fed fell felt fought fled flew flung forbade forgot forgave froze ground hid hung kept knelt lent
        lit led meant met overheard put quit rang rode rose sang sank sewed shook shone shot shrank shut slept slid
        spat spent spilt spoke sprang spun stole stood stuck struck stung swept swore swam swung threw thrust told
        tore trod understood wept woke wore wound
        """,
    "DID": """
        said told asked helped gave laughed smiled cried texted sat lives lived goes plays played taught showed came
        went invited lent drove works worked wants moved hugged yelled whispered likes loves got looked took brought
        picked says tells thinks knew knows agreed disagreed joined reminded encouraged encourages started shouted
        replied answered sent bought made ran walked waited has had lost won joked nodded let lets stayed left read
        reads edited suggested sits helps teaches corrected shared shares visited grew always never really still
        just also used explained
        """,
    "CITE": """
        argues argued claims claimed states stated writes wrote notes noted points believes believed found
        discovered invented developed proposed published theorized describes described concludes concluded shows
        demonstrates demonstrated observed famously maintained maintains contends contended asserts asserted posits
        posited once suggests defines defined insists warns warned identifies identified created founded composed
        painted directed introduced emphasizes emphasized declared proclaimed criticized criticizes coined
        illustrates portrays explores proved tweeted announced predicted reports reported et
        """,
    "WORK": """
        theory theories novel novels book books play plays poem poems poetry speech essay article study research
        work works law laws quote idea ideas concept argument philosophy experiment experiments painting paintings
        film films movie movies song songs album character tragedy comedy sonnet sonnets story stories writing
        writings view views model hierarchy taxonomy stages claim claims thesis discovery invention legacy
        presidency company companies definition framework hypothesis equation principle principles life works
        autobiography biography memoir assassination election administration campaign team cars theme themes court
        monologue soliloquy
        """,
    "OWNED": """
        house home room mom mum dad family birthday party locker dog cat phone number email address desk car bike
        backpack notes feedback comment comments advice help laptop sister brother parents friend class classroom
        homework draft apartment couch basement yard kitchen story turn fault face hand voice hair essay shoes
        hoodie jacket email
        """,
}  # fmt: skip

KIND: dict[str, str] = {word: kind for kind, words in reversed(_KINDS.items()) for word in words.split()}

TITLES = frozenset(_KINDS["TITLE"].split())

SELF = frozenset("i my me we our us mine ours myself im".split())
"""The writer."""

KIN = frozenset(_KINDS["REL"].split()) | frozenset(
    """class classroom school homework lunch bus kitchen couch backpack locker bike practice recess cafeteria hallway
    semester quiz grade grades bedroom sleepover birthday hugged giggled texted grinned yelled whispered laughed smiled
    shrugged groaned waved cried team game match weekend yesterday tomorrow tonight anymore mama dad lol period
    assignment deadline exam tutoring laptop phone text""".split()
)
"""The people around the writer, and what one does with them."""

STUDY = (
    frozenset(_KINDS["ROLE"].split())
    | frozenset(_KINDS["WORK"].split())
    | frozenset(_KINDS["CITE"].split()) - {"found", "points", "shows", "once", "believed", "noted", "introduced", "et"}
) - {
    "life",
    "works",
    "work",
    "story",
    "car",
    "cars",
    "team",
    "campaign",
    "view",
    "views",
    "play",
    "plays",
    "idea",
    "ideas",
    "player",
    "song",
    "songs",
    "movie",
    "movies",
    "writing",
    "company",
    "leader",
    "general",
    "god",
    "writer",
    "character",
    "model",
    "guide",
    "saint",
    "st",
} | frozenset(
    """century centuries born died invention war army revolution empire king queen nobel prize fame famous legacy
    critics critic novelist chapter chapters stanza scene symbol symbolizes symbolism theme themes motif irony metaphor
    narrator plot reader readers published publication edition translated biography biographer memoir museum gallery
    album lyrics film documentary interview findings evidence participants sample researchers data survey surveyed
    article journal quoted quotes cites cited review reviewer reviewers reign throne colony independence treaty
    parliament election elected senate congress campaign minister government policy law trial court activist
    movement boycott protest speech speeches olympic olympics medal championship record records expedition voyage
    discovered discovery physics chemistry mathematics astronomy philosophy psychology economics university
    professor laureate imprisoned exile exiled assassinated executed""".split()
)
"""Works, their makers and what is told of them."""

ORGANISATIONS = frozenset(
    """university college school academy institute institution hospital clinic street road avenue boulevard inc corp
    corporation company co ltd llc foundation association society club team league church temple mosque act bill law
    amendment award prize theory theorem effect test scale park river lake mountain island county city state states
    republic kingdom empire museum library center centre department ministry agency bank airport station building
    tower bridge hall stadium press times post news journal magazine review report guardian herald tribune war
    revolution movement era age century day festival church party union council committee commission congress senate
    court house group band series trilogy saga movie show channel network airlines motors industries technologies
    systems labs studios games cup bowl championship olympics games high elementary middle district valley beach
    hills heights
    authority transportation insurance engineering sciences science studies project program initiative syndrome
    disease
    cars car box driving technology computers ai wars""".split()
)
"""Words that end the name of something that is not a person."""

# Words that begin sentences or stand in headings in capitals: never part of a name, but its neighbours.
NOT_NAMES = frozenset(
    """meet ask tell text ping bring remember imagine forget invite poor attendance present absent signed
    dislikes likes born age
    arent cant couldnt didnt doesnt dont hadnt hasnt havent hes isnt ive shes shouldnt thats theres theyll theyre
    theyve wasnt weve werent whats whos wouldnt yall youll youre youve iam alot aint earth imagen
    homeroom timekeeper presenter treasurer guardian allergies applicant candidate aadhaar
    america europe africa asia academic computer vision
    mondays tuesdays wednesdays thursdays fridays saturdays sundays weekends mornings
    birthdate birthday dob username website homepage portfolio gamertag a about above according across
    actually additionally after afterwards again against ago all almost along
    already also
    although always am an and another any anybody anyone anything are around as at author away back be because been
    before
    behind being below besides best better between both but by call called can cannot clearly come consequently
    contact could
    dear despite did do does doing done down due during each either email english especially essay even eventually
    ever every everybody
    everyone everything everywhere few finally first firstly following for former fortunately from further
    furthermore generally get give
    given go goes going good got had has have having he hello hence her here hers herself hey hi him himself his how
    however i if im in indeed instead into is it its itself just keep knowing last lastly later least less let like
    likewise
    look made mainly make many maybe me meanwhile more moreover most mostly mr mrs ms much must my myself name
    namely near
    nearly never nevertheless next no nobody none nonetheless nor not nothing notably now nowadays nowhere obviously
    of off
    often oh ok okay on once one only onto or originally other others otherwise our ours ourselves out over overall
    own
    page paragraph part perhaps personally phone please plus possibly presumably previously probably professor put
    quite rather really
    recently regarding regardless sadly said same saw say says second secondly see seeing seems she should similarly
    since
    so some somebody somehow someone something sometimes somewhere soon specifically still student such suddenly
    surely take
    teacher than thank thanks that the their theirs them themselves then there therefore these they thing think
    third this
    those though through throughout thus to today together tomorrow too toward truly two ultimately under
    unfortunately
    unless unlike until up upon us use using usually very via want was watch way we well went were what whatever when
    whenever where whereas wherever whether which while who whoever whole whom whose why will with within without
    works would yes yesterday yet you your yours yourself january february march april may june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday english math science history
    biology
    chemistry physics spanish french german algebra geometry literature period grade class course date dr miss mx prof
    college university school american chapter section introduction conclusion title draft assignment prompt
    sincerely regards
    re ps subject sent written submitted instructor signed love grandma grandpa mom dad mother father uncle aunt
    auntie coach principal address""".split()
) - {"will", "may", "april", "june", "august", "love", "grace", "art", "best", "march"}
