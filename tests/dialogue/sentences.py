"""What members write of their own accord: what each sentence opens, what is asked about, and what isn't understood."""

from __future__ import annotations

# Each line: what was written | the task | the amount in shillings, "?" where it has to be asked, or nothing.
UNDERSTOOD = """
balance | balance |
what is my balance | balance |
how much do I have | balance |
show me my money please | balance |
my savings | balance |
salio | balance |
salio langu ni ngapi | balance |
Nina pesa ngapi? | balance |
akiba yangu | balance |
naomba salio | balance |
how much does everybody have | balance |
lipa loan 500 | loan_pay | 500
nataka kurepay loan | loan_pay |
nataka kuwithdraw 300 | withdraw | 300
pay mkopo wangu 300 | loan_pay | 300
balance ya loan | loan_mine |
nipe statement yangu | statement |
meeting ya group ni lini | meetings |
turn yangu lini | merry_mine |
nunua shares mbili | shares_buy |
rules za chama | rules |
deposit elfu moja | deposit | 1000
changa two hundred | contribute | 200
withdraw all my money | withdraw |
when is my loan due | loan_mine |
malipo ya mkopo 400 | loan_pay | 400
riba ni ngapi | loan |
nani anapata pesa leo | merry_order |
nitapata pesa lini | merry_mine |
tutakutana lini | meetings |
I will not come to the meeting | meetings |
kwa nini nimetozwa faini | dues |
niko na deni gani | dues |
how much money is in the group | group_total |
uchaguzi lini | votes |
what can I do here | help |
ghairi | home |
close my account | data |
deposit not received | claim |
nimetuma pesa lakini haijaingia | claim |
weka mchango wa kila mwezi 500 | recurring | 500
turn off notifications | notices |
simu yangu imeibiwa | number |
refund my money | refund |
deposit 500 | deposit | 500
Deposit KES 500/= | deposit | 500
I want to deposit 1,500 | deposit | 1500
top up 2k | deposit | 2000
please add money 300 | deposit | 300
deposit KES 2k | deposit | 2000
deposit 2,000/- | deposit | 2000
deposit two thousand five hundred | deposit | 2500
weka 500 | deposit | 500
Nataka kuweka elfu tano | deposit | 5000
niwekee 200 | deposit | 200
weka elfu mbili | deposit | 2000
weka elfu moja mia tano | deposit | 1500
weka elfu 3 | deposit | 3000
weka mia 5 | deposit | 500
weka laki moja | deposit | 100000
weka mia | deposit | 100
weka hamsini | deposit | 50
weka mia na hamsini na tano | deposit | 155
ningependa kuweka pesa 700bob | deposit | 700
kuingiza pesa | deposit |
deposit | deposit |
deposit 500 or 600 | deposit | ?
deposit 500-600 | deposit | ?
weka 2.000 | deposit | ?
weka -500 | deposit | ?
weka 0 | deposit | ?
weka elfu kumi na mbili | deposit | ?
weka elfu mbili na nusu | deposit | ?
weka 0712345678 | deposit | ?
deposit 5m | deposit | ?
deposit 1.000.000 | deposit | ?
withdraw 99.50 | withdraw | 99.5
I would like to withdraw 300 shillings | withdraw | 300
cash out 1000 | withdraw | 1000
toa pesa 1.5k | withdraw | 1500
nataka kutoa pesa | withdraw |
nitoe pesa mia tatu | withdraw | 300
contribute 200 | contribute | 200
my contribution of 250 | contribute | 250
contribute ksh1,200 to my group | contribute | 1200
nichangie chama 200 | contribute | 200
nataka kuchanga 400 | contribute | 400
toa mchango mia mbili na hamsini | contribute | 250
kulipa mchango 100 | contribute | 100
tunachanga 50 | contribute | 50
statement | statement |
my last movements | statement |
transaction history | statement |
taarifa | statement |
taarifa ya akaunti | statement |
malipo ya mwisho | statement |
a chart of my savings please | chart |
groups | groups |
vikundi vyangu | groups |
chama | groups |
settings | account |
akaunti yangu | account |
menu | home |
mwanzo | home |
help | help |
usaidizi tafadhali | help |
language | language |
I want english | language |
badili lugha | language |
kiswahili | language |
fees | fees |
what are the charges for withdrawing 500 | fees | 500
ada ya kutoa pesa 300 | fees | 300
ada ni ngapi | fees |
is my money safe | funds |
loans | loan |
mikopo | loan |
borrow 2000 | loan_ask | 2000
I want a loan of 2000 | loan_ask | 2000
can I borrow a thousand | loan_ask | 1000
how much can I borrow | loan_ask |
naomba kukopa 2000 | loan_ask | 2000
naomba mkopo wa elfu mbili | loan_ask | 2000
nikopeshe 1500 | loan_ask | 1500
nataka mkopo | loan_ask |
repay 500 | loan_pay | 500
I want to repay my loan | loan_pay |
pay 300 for my loan | loan_pay | 300
lipa mkopo 500 | loan_pay | 500
naomba kulipa mkopo wangu 500 | loan_pay | 500
nilipie mkopo mia tano | loan_pay | 500
kurejesha mkopo | loan_pay |
my loan | loan_mine |
how much loan do I owe | loan_mine |
deni la mkopo | loan_mine |
salio la mkopo | loan_mine |
guarantee a loan | loan_vouch |
nataka kudhamini mkopo | loan_vouch |
merry go round | merry |
merry | merry |
mzunguko | merry |
my turn | merry_mine |
when is my turn? | merry_mine |
zamu yangu lini? | merry_mine |
whose turn is it | merry_order |
who receives next | merry_order |
nani anapokea | merry_order |
ni zamu ya nani leo | merry_order |
nani anafuata | merry_order |
pay my turn | merry_pay |
pay merry 300 | merry_pay | 300
lipa mzunguko 300 | merry_pay | 300
nilipe zamu yangu | merry_pay |
nani amelipa mzunguko | merry_paid |
swap turns | merry_swap |
kubadilishana zamu | merry_swap |
welfare | welfare |
bima | welfare |
ustawi | welfare |
mfuko wa jamii | welfare |
msiba | welfare |
pay welfare 100 | welfare_pay | 100
lipa bima 200 | welfare_pay | 200
nataka kulipa mfuko wa jamii 150 | welfare_pay | 150
claim from welfare | welfare_claim |
nimefiwa naomba msaada | welfare_claim |
hisa | shares |
shares | shares |
buy 3 shares | shares_buy |
nunua hisa mbili | shares_buy |
hisa zangu | shares_mine |
how many shares do I have | shares_mine |
share out | shares_today |
mgao wetu | shares_today |
hazina | treasury |
treasury | treasury |
salio la hazina | treasury |
request a payment of 4000 from treasury | treasury_ask | 4000
omba malipo | treasury_ask |
approve | treasury_approve |
kuidhinisha maombi | treasury_approve |
when is the next meeting | meetings |
meeting | meetings |
mkutano lini | meetings |
mikutano | meetings |
siwezi kufika mkutano | meetings |
I can't come to the meeting | meetings |
minutes of the meeting | minutes |
kumbukumbu za mkutano | minutes |
ajenda | agenda |
mahudhurio | attendance |
how much do I owe | dues |
what do I owe? | dues |
my fines | dues |
fines | dues |
faini zangu | dues |
faini | dues |
nadaiwa ngapi | dues |
why was I fined | dues |
pay my fine 50 | dues_pay | 50
lipa faini | dues_pay |
kulipa faini yangu 100 | dues_pay | 100
nani amelipa | board |
who has not paid? | board |
nani hajalipa | board |
toza faini | fine_give |
samehe faini | fine_waive |
refund | refund |
rudisha mchango | refund |
aina za michango | kinds |
automatic contribution | recurring |
contribute 300 every month | recurring | 300
mchango wa kujirudia | recurring |
changa kila wiki 100 | recurring | 100
rules | rules |
kanuni | rules |
sheria za kikundi | rules |
katiba yetu | rules |
what are the rules about fines | rules |
kanuni za mkopo | rules |
members | members |
wanachama | members |
who is the treasurer | offices |
mweka hazina ni nani | offices |
mwenyekiti | offices |
viongozi wa kikundi | offices |
invite a member | invite |
alika mtu | invite |
mialiko yangu | invitations |
join 12345 | join |
jiunge 12345 | join |
nataka kujiunga na kikundi | join |
start a group | create |
anzisha kikundi | create |
leave the group | leave |
nataka kuondoka kikundini | leave |
group balance | group_total |
salio la kikundi | group_total |
group statement | group_statement |
taarifa ya kikundi | group_statement |
muhuri | muhuri |
check a receipt | receipt |
risiti UM4K7Q2M | receipt |
vote | votes |
piga kura | votes |
mapendekezo | votes |
propose | propose |
pendekeza jambo | propose |
matokeo ya kura | results |
my representative | proxy |
mwakilishi wangu | proxy |
paybill | paybill |
nambari ya akaunti | paybill |
I paid | claim |
nimelipa | claim |
nimeweka 500 | claim |
change my PIN | pin |
badili PIN | pin |
I forgot my PIN | forgot |
nimesahau PIN yangu | forgot |
security | security |
usalama | security |
my limit | limit |
devices | devices |
recovery contacts | contacts |
wasaidizi wa PIN | contacts |
change email | email |
barua pepe | email |
notices | notices |
arifa | notices |
my data | data |
taarifa zangu | data |
delete my account | data |
change my name | name |
badili jina langu | name |
my number changed | number |
badili nambari ya simu | number |
"""
# What was written, and the tasks between which she is asked to choose.
ASKED_ABOUT = """
deposit my balance | balance deposit
withdraw or deposit 500? | deposit withdraw
pay 500 | contribute loan_pay merry_pay
lipa 500 | contribute loan_pay merry_pay
nilipie 500 | contribute loan_pay merry_pay
toa 500 | withdraw contribute
omba | loan_ask welfare_claim treasury_ask
omba msaada | help welfare_claim
weka 1,500 na changa 200 | deposit contribute
changa 200 na lipa mkopo 300 | contribute loan_pay
contribute 200 and repay my loan | contribute loan_pay
weka pesa kisha toa pesa | deposit withdraw
lipa faini na mkopo | dues_pay loan_pay
repay loan or buy shares | loan_pay shares_buy
mkutano na kura | meetings votes
kura ya mkopo | loan votes
hisa na mkopo | loan shares
nimelipa mkopo | loan claim
deposit 500 to umoja | deposit contribute
weka 500 kwa umoja | deposit contribute
toa pesa umoja 300 | withdraw treasury
withdraw 300 from umoja | withdraw treasury
statement in english | language statement
salio na taarifa | balance statement
change my name and PIN | name pin
whose turn and when is the meeting | merry_order meetings
"""
NOT_UNDERSTOOD = """
habari
habari ya asubuhi
hello
good morning everyone
asante sana
sawa
ok
yes
ndio
500
ksh 500
248163
elfu mbili
kesho
leo jioni
what
???
!!!
...
sitaki kuweka pesa
don't deposit 500
usiweke 500
sitalipa mkopo
sijalipa
do not withdraw
never borrow
bila kuchanga
I won't contribute
silipi faini
send 500 to Amina
mtumie Amina
Amina
mambo vipi
nimechoka
how are you
weather today
Arsenal 2 Chelsea 1
https://example.org/pay-not
happy birthday
tutaonana
buenos dias
dépôt
"""


def lines(table: str) -> list[tuple[str, ...]]:
    """The table's rows, with their cells."""
    return [tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]
