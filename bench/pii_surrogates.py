# ruff: noqa: E501 - a sentence pattern stands on one line
"""
Essays with surrogate people put in, to train and to judge the name model of privacy/pii on.

Sentence patterns, names and essays are each split in two: what `part="train"` uses, `part="test"` never does.
Slots: {F} a first name, {N} a full name, {A} either, {L} a last name, {P} a public figure, {S} a figure's surname,
{C} and {D} last names of cited authors, {Q} a full name of a cited author, {W} a place. F, N, A and L are private.
"""

import random
import re
import zlib
from dataclasses import dataclass

PRIVATE = """
My best friend {A} always says that practice matters more than talent.
My friend {A} told me about it last summer.
My friend, {A}, thinks the opposite.
A friend of mine, {A}, had the same problem.
One of my friends named {A} moved here from another country.
I have a cousin called {A} who works at the mall.
My cousin {F} and I argued about this at dinner.
My little brother {F} cried when he heard the news.
My older sister, {F}, helped me write this paragraph.
My sister {F} is the reason I started to read.
My mom, {A}, has worked two jobs since I was small.
My dad {F} drives a truck for a living.
My grandmother {F} used to tell me stories about the village.
My uncle {F} lost his job to a machine.
Uncle {F} laughed and said it would never work.
Aunt {F} taught me how to cook.
My aunt {F}'s house is the place where I feel safe.
My neighbor {A} owns one of those.
My neighbour, {N}, complained about the noise.
My roommate {A} never turns the light off.
My classmate {A} disagreed with me during the debate.
In class, {A} said that I should add more evidence.
During peer review {A} read my draft and liked the opening.
My partner {A} suggested a stronger thesis.
My peer reviewer was {A}.
{A} and I were partners for this assignment.
{F} and I stayed up late to finish it.
{F}, {F} and I built the model together.
Me and {F} went to the library after school.
I worked with {A} on the introduction.
I want to thank {A} for reading this.
Thanks to {A}, I learned how to use commas.
Thank you, {A}, for your help.
Special thanks to {N} and {N}.
I interviewed {N} for this essay.
I asked {A} what she thought about it.
I talked to {A} about my topic and he agreed.
I texted {F} as soon as I got home.
I called {F} right away.
When I told {F}, she just smiled.
When {F} came over we watched the video together.
After {F} left, the room went quiet.
Yesterday {F} showed me her new phone.
Last week {A} helped me with the conclusion.
Then {F} asked me a question that I could not answer.
"Are you sure?" {F} asked.
"I don't get it," said {F}.
"{F}, you have to see this," I whispered.
"Come on, {F}!" my brother yelled.
{F} laughed and told me not to worry.
{F} sat next to me on the bus every morning.
{F} lives down the street from us.
{F}'s mom drove us home.
{F}'s birthday was the best day of the year.
We went to {F}'s house after practice.
I borrowed {F}'s notes because I was sick.
My coach, {A}, says that losing is part of the game.
Coach {L} made us run until we could not breathe.
My math teacher, {T} {L}, explained it differently.
My teacher {T} {L} gave us this topic.
{T} {L} told us to choose a side.
{T} {L} is the best teacher I have ever had.
Dear {T} {L},
Dear {F},
Hi {F}, I hope you are doing well.
Hello {A}, this is my second draft.
I showed my draft to {T} {L} and rewrote the ending.
In {T} {L}'s class we read three books.
My tutor {A} pointed out that my paragraphs are too long.
My counselor, {T} {N}, told me to apply anyway.
Our principal, {T} {L}, banned phones last year.
My boss {A} lets me leave early on Fridays.
My manager at work, {N}, is always on time.
The person I admire most is my grandfather {N}.
My hero is my mother, {N}.
My name is {N} and I am in tenth grade.
My name is {A}.
Hi, my name is {A} and I am fifteen years old.
My full name is {N}.
I am {N}, a junior at this school.
I'm {A} and I will argue that school should start later.
Everyone calls me {F}.
My friends call me {F} but my real name is {F}.
My nickname is {F}.
People know me as {F}.
There is a boy in my class named {A}.
There was this girl, {F}, who never spoke.
A girl named {F} sat alone at lunch.
A student named {N} won the contest.
My boyfriend {F} thinks I worry too much.
My ex-girlfriend {F} still has my hoodie.
My dog walker {F} is twelve.
Our babysitter {F} let us stay up.
My lab partner {A} spilled the acid.
My group members were {N}, {N}, and {N}.
Group members: {N}, {N}, {N}
Partner: {N}
I live with my mother {F} and my two brothers, {F} and {F}.
{N} from my soccer team broke his leg.
{N} was the first person who believed in me.
{N} helped me a lot with the research.
{N} told me that her family had the same experience.
My friend's brother {F} got into an accident.
I remember {F} standing in the rain.
I miss {F} every day.
It was {F} who found the mistake.
The idea came from {A}, who sits behind me.
According to my friend {A}, nobody reads the manual.
As my brother {F} says, you only live once.
Like {F}, I used to be afraid of speaking.
Unlike my sister {F}, I hate math.
If {F} had not been there, I would have given up.
Because of {F} I joined the team.
Without {A} I would never have finished.
{F} is my best friend.
{F} is in my English class.
{N} is my neighbor and he has a self-driving car.
{F} never does his homework.
Sincerely, {N}
Your student, {A}
Love, {F}
Please give this to {T} {L}.
Please call my mother, {N}, if there is a problem.
Emergency contact: {N}
Written together with {N}.
Edited by {N}
Peer reviewed by {A}
Submitted to {T} {L}
My doctor, Dr. {L}, told me to rest.
Our pastor {A} visited us.
Ms. {L} said my essay was too short.
Mr. {L} always starts with a joke.
Mrs. {L} gave me a second chance.
Professor {L} asked us to reflect on our process.
I sit between {F} and {F}.
Both {F} and {F} agreed with me.
{F} or {F} will present first.
I want to be like {F} when I grow up.
This essay is dedicated to {N}.
For {F}, who taught me to write.
My twin {F} got the better grade.
My stepdad {F} is a mechanic.
My teammate {N} scored the winning goal.
The captain of our team, {F}, gave a speech.
My nephew {F} is only three.
My best friends are {F}, {F} and {F}.
I will never forget what {F} did for me.
My friend {F} {L} lives in {W}.
My cousin {F} from {W} visited us in July.
{F} moved to {W} last year.
We visited {W} with {F} and her parents.
My friend {A} wrote a better essay than mine.
My classmate {A} argues that homework is useless.
In her essay, {N} from period 3 made the same claim.
My brother {F} wrote me a letter from the army.
{F} found my notebook in the hallway.
{F} knows how to fix it.
so {F} said we should just go.
I met {A} at the library.
I trust {F} more than anyone.
I sit behind {F} in chemistry.
I play chess with {A} after school.
I owe this idea to {A}.
I would like to thank {N} for the feedback.
I wrote this with the help of {A}.
I got this advice from {A}.
I learned this from {F}, who fixes cars.
I once saw {F} drive without looking at the road.
I used to babysit {F} and {F}.
I remember the day when {F} crashed his bike.
I know {N} from church.
I share a room with {F}.
I argued with {F} about this topic for an hour.
I dedicate this to {F}.
I still hear {F}'s voice in my head.
Even {F} was surprised.
Only {F} understood what I meant.
Not even {F} could answer.
Although {F} disagreed, we voted for it.
Before {F} could answer, the bell rang.
That night {F} called me crying.
One day {F} came to school with a broken arm.
At lunch {F} told us about her trip.
On Monday {F} was absent.
Sometimes {F} comes along.
Later, {F} apologized.
Luckily {F} had a spare pen.
Suddenly {F} stood up and left.
Together with {F} and {F}, I made a poster.
With {F}'s help I finally understood fractions.
{F} and her brother {F} moved away.
{F} and his family are from {W}.
{F}, my best friend, did not believe me.
{F}, my older brother, works as an engineer.
{N}, my neighbor, owns an electric car.
{N}, a girl in my class, had a different opinion.
{N}, who sits next to me, asked for a pencil.
{N} and {N} were in my group.
{N} in my class has autism.
{N} taught me how to swim.
{N} gave me this book for my birthday.
{N} is the smartest kid in our school.
{N} was absent on the day of the test.
{N} from our church helped us move.
{N} drove us to the hospital.
{N} corrected my spelling.
{N} and her mother picked me up.
{F} was my first friend in this country.
{F} wants to be a nurse.
{F} thought that I was joking.
{F} started to laugh.
{F} hates driving.
{F} just got her license.
{F} grabbed my hand.
{F}, are you there?
Oh {F}, I am so sorry.
Happy birthday {F}!
Good morning, {T} {L}.
Please excuse {F} from class.
This is {F}, my cousin.
This is my friend {N}.
Her name is {A}.
His name was {N}.
Their names are {F} and {F}.
The girl's name was {F}.
My dog's vet is Dr. {L}.
My little cousins {F} and {F} were in the car.
My parents, {F} and {F}, came here in 2001.
My grandparents {N} and {N} never learned to drive.
My mother's name is {N}.
My father {N} was born in {W}.
My brother-in-law {F} sells cars.
My pen pal {F} lives in {W}.
My therapist {F} says I should write more.
My English teacher, {T} {N}, loves poems.
My driving instructor {N} almost fainted.
My band teacher {T} {L} retired.
Our neighbor {T} {L} called the police.
Our class president {N} gave a speech.
Our bus driver {F} knows everybody.
The new kid, {F}, sat in the corner.
The student next to me, {N}, fell asleep.
The other members of my group, {F} and {F}, agreed.
The tutor at the writing center, {A}, helped me.
A boy called {F} pushed me.
A classmate of mine, {N}, wrote about the same topic.
As {F} told me yesterday, cars are expensive.
According to {F}, my roommate, it is easy.
According to my uncle {N}, the brakes failed.
The feedback from {A} was useful.
The comments of {T} {L} helped me.
Feedback from {N}: make it shorter.
Interview with {N}, 12 April
Reviewer: {N}
Teacher: {T} {L}
Parent: {N}
Tutor: {A}
Team: {F}, {F}, {F}
cc {N}
PS: {F} says hi.
Contact {N} for questions.
Ask {F} if you don't believe me.
Tell {F} that I miss her.
Say hello to {F} for me.
{F}: I don't know what to write.
{F}: That is not fair!
{F}: Have you read the article?
He called himself {A}.
She always signs as {A}.
The letter was signed by {N}.
The drawing was made by {N}.
The photo was taken by {F}.
The idea belongs to {F}.
Nobody but {F} knew.
Everybody likes {F}.
Mister {L} laughed.
Señora {L} gave us homework.
Grandpa {F} told us about the war.
Grandma {F} makes the best soup.
Next to me sat {N}.
In front of me stood {F}.
Behind us, {F} and {F} were whispering.
She looked at {F} and smiled.
He gave {F} the keys.
I lent {F} my charger.
I showed {F} the video.
I told {F} the truth.
It took {F} an hour.
It was hard for {F}.
The teacher asked {F} to read.
{N} sketched a map on the board.
{N} highlighted the best sentence.
{N} measured the distance twice.
{N} interrupted the speaker.
{N} designed our poster.
{N} circled two mistakes in my draft.
{N} translated the letter for my mother.
{N} complained about the cafeteria food.
{F} frowned.
{F} sighed and closed the book.
{F} repeated the question.
{F} paused for a second.
{F} borrowed my pen.
{F} blushed and looked away.
{F} waved at us.
{F} typed the whole thing.
{F} refused to go.
{F} jumped up and screamed.
{F} punched the wall.
{F} skips lunch every day.
{F} snores when he sleeps.
{F} dreams of becoming a pilot.
Nothing stops {F}.
Everyone teases {F}.
The dog bit {F}.
They elected {F}.
He copied {F}'s answers.
I got stuck with {F} for the project.
We ended up next to {F}.
It has to be {F}.
either {F} or me, they said.
{F} and me are like sisters.
{F} and me built a fort.
my sister {F} made me laugh.
my buddy {F} broke his arm.
""".strip().splitlines()

PUBLIC = """
As {P} once said, knowledge is power.
According to {P}, people learn by doing.
{P} believed that freedom matters more than safety.
{P} wrote about this more than a century ago.
In {P}'s most famous work, the hero has no choice.
In the novel by {P}, the ending is sad.
{S}'s theory explains why children learn from others.
{S}'s plays are still read today.
The theory of {S} has been criticized.
{P} discovered it by accident.
{P} invented many things that we still use.
President {S} gave a speech about it.
Take {P} for example.
For example, {P} failed many times before succeeding.
People like {P} changed the world.
People such as {P} and {P} prove this point.
Leaders like {S} and {S} inspired millions.
{P} (1999) showed that memory is limited.
{S} (2004) argues that language shapes thought.
As {S} (1978) notes, learning is social.
({S}, 1978)
{C} (2015) found that students sleep less.
({C}, 2015)
({C} & {D}, 2012, p. 14)
({C} and {D} 33)
({C} 45)
{C} and {D} (2012) argue that grades are unfair.
{C} et al. (2019) report similar results.
According to {C} (2018), most drivers are distracted.
As {C} and {D} (2001) point out, the effect is small.
In a study by {C} and {D} (2010), the results were mixed.
{Q} (2016) argues that technology isolates us.
{Q}, author of a recent book, disagrees.
{Q}, a professor at the University of {W}, studied this for years.
{Q}, an economist at Harvard, estimates the cost at two billion.
{Q}, a researcher who studies traffic, warns against it.
The author {Q} claims that cars will be cheaper.
The article by {Q} lists twenty reasons.
In his article, {Q} writes that nobody is safe.
In the article "The Long Road", {Q} states that laws must change.
Author {Q} argues that we need new rules.
Journalist {Q} reported that the company lied.
Dr. {Q} of Stanford University published the study.
Senator {C} opposed the law.
{C}, {K}. (2017). The future of driving. New York: Penguin.
{C}, {K}. {K}., & {D}, {K}. (2014). Learning to write. Journal of Education, 12(3), 45-60.
{C}, {F1}. "Why We Drive." The Guardian, 3 May 2018.
Works Cited
CEO {Q} announced the new model.
{Q}, the CEO of the company, denied it.
{Q}, who founded the company, said that the tests were safe.
The character {P} represents hope.
In the play, {P} kills the king.
{P} is the main character of the story.
{P} is one of the greatest writers of all time.
{P} was born in {W} and died poor.
{P}'s experiments proved it.
{P}'s speech is still quoted.
{P}'s novel shows the danger of power.
When {P} published the book, people were shocked.
In 1963, {P} marched for equality.
During the war, {P} led the country.
{P} won the Nobel Prize.
We read {P} in class last year.
We read a book by {P} in English class.
My favorite author is {P}.
My favorite singer is {P}.
My hero is {P}.
I admire {P} because she never gave up.
I want to be like {P} one day.
I watched a video of {P} playing.
I once saw {P} on television.
My teacher loves {P}.
I think {P} was right.
I agree with {P} that war is wrong.
I agree with {C} that the data are weak.
Like {P}, I believe in hard work.
The poet {P} describes nature as a teacher.
The philosopher {S} asked what is good.
The scientist {P} spent years in the lab.
{S} argues that society is a contract.
{S} claims that power corrupts.
{S} once wrote that art is a lie.
What would {S} say about this?
To quote {P}, nothing is impossible.
In the words of {P}, be the change.
The works of {S} are full of symbols.
{S}ian ideas are still important.
Many people in {W} agree.
I was in {W} last summer.
The city of {W} has banned cars.
{W} is a beautiful place.
The University of {W} published a study.
In {W}, the law is different.
From {W} to {W}, people protest.
The {C} Act changed everything.
The {C} family owns the company.
{C} Street was closed because of an accident.
We drove down {C} Avenue to the store.
I go to {C} High School.
{C} University is far away.
The {C} Foundation paid for the study.
The {C} effect is well known.
{C} Motors sold ten thousand cars.
Companies such as {C} and Uber invest in it.
A {C} survey found that most people are afraid.
Drivers of the {C} complain about the seats.
Self Driving Cars Are The Future
The Pros And Cons Of Technology
How Technology Changes Our Lives
Every Monday in September we meet at the Library.
In April and May the weather is mild.
May I ask a question?
Will cars replace people?
Will the law change? May be.
Mark my words, it will happen.
Hope is not a plan.
Grace is something that you learn.
Faith matters to many people.
Chase your dreams and never stop.
Rose petals covered the floor.
Art is important in every school.
Bill Number 12 was rejected.
Summer is my favorite season.
Drew a line in the sand, they did.
Christian values matter to some people.
Joy comes from small things.
Frank answers are rare.
Miles of road were closed.
Rich people can buy safety.
Young drivers cause more accidents.
Amber Alert systems save lives.
The Rose Garden is behind the house.
I play Minecraft and watch Netflix.
Amazon and Google test them in Arizona.
The Great Gatsby is a sad book.
To Kill a Mockingbird is about justice.
The Constitution protects us.
God knows why.
In the article "The End of Driving", {Q} states that robots make mistakes.
In the essay "On Cars" {Q} explains the problem.
In {Q}'s article, the reader learns about sensors.
In an interview with the New York Times, {Q} said that it was safe.
In the documentary, {Q} talks about the crash.
In the text, {Q} mentions several problems.
Dr. {Q} of Yale University invented the method.
Professor {Q} from the University of {W} published a report.
Professor {Q} argues in her book that memory is short.
Researchers {Q} and {Q} found a link.
Researcher {Q} says that people trust machines.
Economist {Q} estimates the costs.
Mayor {C} signed the law.
Governor {C} of {W} closed the roads.
Judge {C} ruled against the company.
President {P} signed the bill.
Prime Minister {P} resigned.
Queen {F1} ruled for sixty years.
Saint {F1} is honored in {W}.
{Q}, a journalist for the Guardian, wrote about it.
{Q}, spokesman for the police, confirmed the accident.
{Q}, who wrote the article, lists advantages.
{Q}, the inventor of the machine, was poor.
{Q}'s book "The Road" was a bestseller.
{Q}'s study shows that people get distracted.
{Q}'s article claims the opposite.
{Q} states in the article that laws are missing.
{Q} (n.d.) explains the technology.
{Q} and {Q} (2011) measured the speed.
{C}'s (2009) study supports this.
{C}, {C}, and {D} (2003) disagree.
(as cited in {C}, 2011)
(see {C}, 1999; {D}, 2004)
("Driving" {C} 14)
{C}, {F1} {K}. "Learning to Drive." Journal of Safety, vol. 3, 2011.
{C}, {F1}, and {F1} {D}. The Machine Age. Oxford University Press, 2010.
{C}, {K}. (n.d.). Driving today. Retrieved May 1, 2019
By the time {P} died, everyone knew his name.
The story of {P} teaches us courage.
The painting by {P} hangs in {W}.
The film about {P} made me cry.
The movie stars {P} and {P}.
The protagonist, {P}, loses everything.
The main character {P} is brave.
The relationship between {P} and {P} is complicated.
The songs of {P} are about love.
The quote by {P} stays with me.
The famous scientist {P} once had bad grades.
The dictator {S} killed millions.
Famous people like {P} dropped out of college.
Even {P} made mistakes.
If {P} had given up, we would have no light.
Without {P} there would be no computers.
Because of {P}, women can vote.
When I read {P}, I feel calm.
When {S} wrote this, there was a war.
I love the music of {P}.
I chose {P} for my project.
I read that {P} was shy.
I learned about {P} in history class.
I dressed up as {P} for Halloween.
I quote {P} because he explains it best.
We learned about {P} and {P}.
We watched a documentary about {P}.
We discussed {S}'s essay in class.
Both {S} and {S} wrote about power.
{P} and {P} are examples of leaders.
{P} died in 1955.
{P} (1879-1955) was a genius.
{P} is known for her courage.
{P} fought for freedom.
{P} became president.
{P} grew up in {W}.
{P} lies to his best friend.
{P} says in the first act that he is tired.
{P} plays the villain.
{S} uses a metaphor here.
{S} shows how people change.
{S} describes the storm.
{S} died before it was printed.
{S}'s poem is short.
{S}'s laws explain motion.
{S}'s character is weak.
{C} High won the game against {C} Middle School.
{C} County is rural.
{C} Hall was built in 1900.
Mount {C} is high.
Lake {C} is frozen.
Fort {C} was attacked.
The {C} Museum is closed.
The {C} brothers built a plane.
The {C} Prize is important.
The {C} case went to court.
The {C} method works.
The {C} company was sold.
{W} and {W} are far apart.
{W}, {W} and {W} have trains.
People in {W} drive on the left.
I moved here from {W}.
My family comes from {W}.
My cousins live in {W}.
My school is in {W}.
My favorite city is {W}.
My brother studies in {W}.
My favorite book is about {P}.
My dog is called Snowball.
My brother drives a Honda.
My sister plays Fortnite.
My mother watches Netflix.
My teacher likes Shakespeare.
Companies like Waymo and Uber test them.
Both Google and Tesla failed.
Uber and Lyft are cheap.
Thanks to Google we know everything.
According to Forbes, prices rise.
According to Wikipedia, it is a city.
Last Christmas it snowed.
Spring came late.
Winter is cold.
Autumn leaves fell.
May was warm.
June is the best month.
Mark this page.
Bill them later.
Drew nothing but lines.
Pat yourself on the back.
Sue them if they lie.
Rob a bank? Never.
Frank talk helps.
Penny stocks are risky.
Jack of all trades, master of none.
Ray of light, they call it.
Sky is the limit.
Crystal clear water is rare.
Ruby slippers are from a film.
Hunter gatherers lived here.
Major problems remain.
Justice must be done.
Harmony is rare.
Dean of students is a hard job.
King of the road.
Several papers ({C}, 2001; {C} & {D}, 2007; {D}, 2015) agree.
This is well known ({C}, 1997; {D}, 2002).
(cf. {C} et al., 2013; {D} & {C}, 2016)
My essay is about {P} and her life.
My poster is about {P}.
My report on {P} got an A.
My idol is {P}.
My family watched {P} on TV.
Critics of {S} disagree.
Fans of {P} love this.
Few people know that {P} was poor.
It was {P} who said this first.
Mr. {S} is a character in the book.
{C} and his team (2014) tested it.
{C} and others (2008) showed this.
""".strip().splitlines()

# Frames and what fills them: {V} is what somebody does. Half of the sentences made of these have a person in them.
DOES = (
    """
froze|handed me the keys|paints houses|was voted captain|got soaked|burst out laughing|shrugged it off|keeps bees|fixed the sink|sold the car|
forgot the tickets|plays the cello|can whistle with two fingers|had a plan|owed me money|dropped the tray|missed the train|tuned the guitar|
went pale|had been crying|will be there too|might know|would have fought him|is allergic to nuts|has the flu|was grounded for a month|
got braces|shaved half of his head|dyed her hair|crossed her arms|rolled his eyes|kept quiet|stood guard|counted to ten|lost a tooth|
baked the cake|drew the map|cut the rope|held the ladder|hid the letters|chose the music|brought soup|stayed until midnight|
stuttered|danced badly|sang off key|snored all night|hummed|swam across the lake|climbed first|came in third|
translated for my parents|walked the dog|watered the plants|cleaned the whole kitchen|delivers newspapers|drives a bus|works nights|
dreams of the sea|hates needles|eats like a bird|speaks four languages|cannot swim|believes in ghosts|collects stamps|
taught me patience|saved my life|ruined the surprise|made it worse|meant well|knew better|spoke first|turned the page|slammed the door|
was born deaf|had polio as a child|never married|married young|left school at twelve|served in the navy|grew tomatoes|
scored the last goal|blocked the shot|threw the ball|struck out|twisted an ankle|broke the record|
typed the report|printed the poster|glued the pieces|measured the angle|spilled the acid|checked my math|
comes from a big family|lives above the bakery|sleeps on our couch|shares a room with two sisters|just turned nine|is taller now|
streams every night|posts too much|texted back at once|hung up|called twice|never answers|blocked me|liked my picture|
""".replace("\n", "")
    .strip("|")
    .split("|")
)
ABOUT = (
    """
{X} {V}.|Then {X} {V}.|That day {X} {V}.|After lunch {X} {V}.|In the end {X} {V}.|I think {X} {V}.|They say that {X} {V}.|It seems {X} {V}.|
Did you hear that {X} {V}?|Nobody noticed when {X} {V}.|I was there when {X} {V}.|{X} {V}, and I {V}.|{X} {V} while {Y} {V}.|{X}, on the other hand, {V}.|
{X}, of course, {V}.|{X}, as usual, {V}.|Not {X}; {X} {V}.|{X} never {V}, but {Y} {V}.|Once {X} {V}, it was over.|What if {X} {V}?|
The one who {V} was {X}.|It was {X} who {V}, not {Y}.|so {X} {V} and we left|because {X} {V}, I had to walk|Even so, {X} {V}.|
I waved at {X}.|The dog bit {X}.|We carried {X} home.|A letter came for {X}.|The coach benched {X}.|They laughed at {X}.|I was jealous of {X}.|
He sat down next to {X}.|We waited for {X}.|She ran after {X}.|My father drove {X} to the airport.|I lost to {X}.|I owe everything to {X}.|
A present from {X} lay on the bed.|I thought about {X} all night.|The rumor about {X} spread.|Somebody had pushed {X}.|We were all proud of {X}.|
I shared my lunch with {X}.|The ball hit {X} in the face.|There was {X}, smiling.|Here comes {X}.|I borrowed a pencil from {X}.|He whispered something to {X}.|
{X}'s shoes were wet.|{X}'s laugh is loud.|I wore {X}'s jacket.|In {X}'s kitchen it smells of bread.|{X}'s team won.|We met in front of {X}'s building.|
"{X}!" I yelled.|"Hey {X}," he said.|"Ask {X}," she said.|"Not now, {X}."|"{X}, wait," I begged.|"Thanks," {X} said.|"Go," whispered {X}.|
{X}, {Y} and me|{X}, {Y}: 4 points|{X} - drums, {Y} - bass|{X} vs. {Y}|{X} & {Y}|{X}/{Y}|* {X}|- {X}: poster|{X} .... 12 points|@ {X}: call me|
Return to {X}|Property of {X}|Interview: {X}|Witness: {X}|Illustrated by {X}|Checked by {X}|Prepared for {X}|Recorded by {X} on Monday|To my teacher, {X}|For {X}|— {X}|
""".replace("\n", "")
    .strip("|")
    .split("|")
)
NOBODY = """
Instagram Snapchat TikTok Youtube Netflix Spotify Roblox Minecraft Fortnite Google Amazon Walmart Target Costco Starbucks McDonalds Chipotle Nike Adidas
Vans Converse Toyota Honda Ford Chevrolet Tesla Uber Lyft Waymo Apple Samsung Sony Nintendo Playstation Xbox Zoom Canvas Schoology Kahoot Quizlet Duolingo
Disney Pixar Marvel Hogwarts Narnia Gotham Chicago Boston Houston Dallas Phoenix Denver Savannah Charlotte Austin Virginia Georgia Carolina Dakota Montana
London Paris Berlin Lisbon Cairo Nairobi Lagos Mumbai Seoul Tokyo Lima Havana Jordan Chad Israel Chelsea Juventus Barcelona Arsenal Lakers Yankees Celtics
Easter Ramadan Diwali Hanukkah Halloween Thanksgiving Kwanzaa Congress Parliament Senate Pentagon Hollywood Broadway Harvard Stanford Yale Duke Princeton
Failure Success Technology Homework Homeschooling Fishing Hiking Bowling Swimming Kindness Honesty Imagination Teenagers Adults Freshmen Seniors Juniors
Biscuit Whiskers Fluffy Covid Malaria Alzheimer Islam Buddhism Judaism Christianity Spanish Mandarin Swahili Hindi Portuguese Italian Mexican Nigerian
Mars Venus Jupiter Saturn Neptune Katrina Titanic Apollo Excalibur Godzilla Pokemon Avengers Frozen Coco Encanto Naruto Hamlet Macbeth Beowulf
""".split()

HEADS = ["{A}\n", "{N}\n\n", "By {N}\n\n", "by {A}\n", "Name: {N}\n", "Name: {N}\nPeriod 3\n", "{N}\n{T} {L}\nEnglish 101\n12 March 2019\n\n",
    "{N}\nMs. {L}\nAP Language\n\n", "Student: {N}\nTeacher: {T} {L}\n", "Author: {N}\n", "{N}, Grade 9\n\n", "{L}, {F}\n",
    "Essay 1 - {N}\n", "To: {T} {L}\nFrom: {N}\nSubject: my draft\n", "Written by: {N}\n", "NAME: {N}\n", "{N} Period 4\n", "Self-Driving Cars\nby {N}\n\n",
    "{N}\nProfessor {L}\nComposition 2\n", "Submitted by {N}\n", "{F} {L} - English - Draft 2\n", "Student name: {N}\nDate: May 4\n", "Reflection by {A}\n", "{N}, Period 2\n", "{N}, 10th grade\n\n", "{N} - Grade 8\n", "{L}, {F}\nPeriod 1\n\n", "Essay by {N}\n\n", "Student ID 1234\n{N}\n", "Name - {N}\n", "{N}\nTeacher: {T} {L}\n", "My name: {N}\n", "{N}\nSeptember 12\n\n", "author: {N}\n", "Draft 1, {N}\n\n", "Group: {N}, {N}, {N}\n"]  # fmt: skip
FEET = ["\n\nSincerely,\n{N}", "\n\nBest,\n{F}", "\nThank you,\n{A}", "\n\n- {A}", "\n\nYours truly,\n{N}", "\n\n{N}", "\n\nLove,\n{F}", "\nSigned, {N}",
    "\n\nRegards,\n{N}\n", "\n\nYour student,\n{A}", "\n\nRespectfully,\n{N}", "\n\nCheers,\n{F}", "\nfrom {F}", "\n\n~{F}", "\n\nWith love,\n{F}", "\n\nKind regards\n{A}", "\n\nYour friend,\n{F}", "\n\nSee you soon,\n{F}", "\n\nWarmly,\n{N}", "\n\n- {N}, Grade 10", "\n\nThank you for your time.\n{N}", "\n\nWith thanks,\n{N}", "\n\nTake care,\n{F}"]  # fmt: skip

TITLES = ["Mr.", "Mrs.", "Ms.", "Miss", "Mr", "Mrs", "Ms", "Dr.", "Professor", "Mx.", "Coach", "Prof."]
_SLOT = re.compile(r"\{(F1|[A-Z])\}")


@dataclass(frozen=True, slots=True)
class Surrogate:
    """A text, and where its private names stand."""

    text: str
    private: tuple[tuple[int, int], ...]
    names: frozenset[str]
    origin: str


@dataclass(frozen=True, slots=True)
class Source:
    """What surrogates are made of; `origins` maps a place to its first and last names."""

    hosts: list[str]
    origins: dict[str, tuple[list[str], list[str]]]
    figures: list[str]
    places: list[str]
    part: str


def is_test(key: str) -> bool:
    """Whether a pattern, a name or an essay is kept for judging: a third of each."""
    return zlib.crc32(key.encode()) % 3 == 0


def of_part(entries: list[str], part: str) -> list[str]:
    """The entries of one part."""
    return [entry for entry in entries if is_test(entry) == (part == "test")]


class Maker:
    """Makes surrogates of one part, the same ones for the same seed."""

    def __init__(self, source: Source, seed: int) -> None:
        self._source, self._chance = source, random.Random(seed)
        self._private, self._public = of_part(PRIVATE, source.part), of_part(PUBLIC, source.part)
        self._heads, self._feet = of_part(HEADS, source.part), of_part(FEET, source.part)

    def make(self) -> Surrogate:
        """One essay with a handful of people in it."""
        chance = self._chance
        origin = chance.choice(list(self._source.origins))
        pieces: list[tuple[str, list[tuple[int, int]]]] = []
        names: set[str] = set()
        if chance.random() < 0.5:
            pieces.append(self._filled(chance.choice(self._heads), origin, names))
        sentences = re.split(r"(?<=[.!?])(\s+)", chance.choice(self._source.hosts))
        kinds = [self._private] * chance.randint(2, 6) + [self._public] * chance.randint(2, 6)
        where = sorted(chance.choices(range(0, len(sentences), 2), k=len(kinds)))
        chance.shuffle(kinds)
        at = 0
        for place, kind in zip(where, kinds, strict=True):
            pieces.append(("".join(sentences[at:place]), []))
            at = place
            small = kind is self._private and chance.random() < 0.12
            pieces.append(self._filled(chance.choice(kind), origin, names, small=small))
            pieces.append((chance.choice([" ", " ", "\n", "  "]), []))
        pieces.append(("".join(sentences[at:]), []))
        if chance.random() < 0.35:
            pieces.append(self._filled(chance.choice(self._feet), origin, names))
        return _joined(pieces, names, origin)

    def _filled(
        self, pattern: str, origin: str, names: set[str], *, small: bool = False
    ) -> tuple[str, list[tuple[int, int]]]:
        text, spans, done = "", list[tuple[int, int]](), 0
        for slot in _SLOT.finditer(pattern):
            text += pattern[done : slot.start()]
            done = slot.end()
            value, private = self._value(slot[1], origin)
            if private:
                spans.append((len(text), len(text) + len(value)))
                names.update(value.lower().split())
            text += value
        text += pattern[done:]
        return (text.lower() if small else text), spans

    def _value(self, slot: str, origin: str) -> tuple[str, bool]:
        chance, source = self._chance, self._source
        first, last = source.origins[origin]
        if slot == "A":
            slot = chance.choice("NNF")
        if slot == "N":
            return self._full(first, last), True
        if slot in {"F", "L"}:
            return chance.choice(first if slot == "F" else last), True
        if slot == "Q":
            other = source.origins[chance.choice(list(source.origins))]
            return self._full(*other), False
        if slot in {"C", "D"}:
            return chance.choice(source.origins[chance.choice(list(source.origins))][1]), False
        if slot == "F1":
            return chance.choice(first), False
        if slot == "S":
            return chance.choice(source.figures).rsplit(" ", 1)[-1], False
        table = {"P": source.figures, "W": source.places, "T": TITLES, "K": list("ABCDEGHJKLMNPRST")}[slot]
        return chance.choice(table), False

    def _full(self, first: list[str], last: list[str]) -> str:
        chance = self._chance
        parts = [chance.choice(first), chance.choice(last)]
        luck = chance.random()
        if luck < 0.06:
            parts.insert(1, f"{chance.choice('ABCDEFGHJKLMNPRSTW')}.")
        elif luck < 0.12:
            parts.insert(1, chance.choice(first))
        elif luck < 0.18:
            parts.append(chance.choice(last))
        elif luck < 0.21:
            parts[1] += "-" + chance.choice(last)
        return " ".join(parts)


def framed(chance: random.Random) -> str:
    """A sentence pattern of no story: somebody, some author or something that is nobody, doing or undergoing something."""
    who = chance.choice(
        ["{F1}", "{F1}", "{F1}", "{N1}", "{N1}", "{T} {L1}", "{K1}", "{P1}", "{P1}", "{Z}", "{Z}", "{Z}"]
    )
    pattern = chance.choice(
        [
            frame
            for frame in ABOUT
            if not (who == "{Z}" and frame.startswith(("Return", "Property", "Witness", "To my", "—", "- ", "*")))
        ]
    )
    other = chance.choice(["{F2}", "{N2}"]) if who[1] in "FNTK" else who.replace("1", "2")
    thing = chance.choice(NOBODY)
    return (
        re.sub(r"\{V\}", lambda _: chance.choice(DOES), pattern)
        .replace("{X}", who)
        .replace("{Y}", other)
        .replace("{Z}", thing)
    )


def _joined(pieces: list[tuple[str, list[tuple[int, int]]]], names: set[str], origin: str) -> Surrogate:
    text, private = "", list[tuple[int, int]]()
    for piece, spans in pieces:
        private += [(len(text) + start, len(text) + end) for start, end in spans]
        text += piece
    return Surrogate(text, tuple(private), frozenset(names), origin)
