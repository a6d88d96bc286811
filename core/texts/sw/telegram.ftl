### Telegram

bot-home = Mwanzo
bot-back = Rudi
bot-share-contact = Tuma nambari yangu
bot-keyboard-lowered = Asante.
bot-choose-one = Tafadhali bonyeza kitufe kimoja.
bot-session-too-long = Mazungumzo haya yamekuwa marefu, kwa hivyo tunaanza upya. Hakuna kilichopotea.
bot-out-of-step = Jibu hilo halikufuata mpangilio, kwa hivyo hakuna kilichofanyika. Tuma /start kuendelea.
bot-register-declined = Hakuna kilichohifadhiwa. Tuma /start wakati wowote.
bot-use-keypad = Tafadhali weka PIN yako kwa vitufe vilivyo hapa chini. Usiiandike kwenye chat.
bot-pin-deleted = Usiandike PIN yako kwenye chat: wengine wanaweza kuisoma. Ujumbe wako umefutwa na haukutumika. Tumia vitufe vilivyo hapa chini.
bot-pin-not-deleted = Usiandike PIN yako kwenye chat: wengine wanaweza kuisoma. Haikutumika. Tafadhali futa ujumbe wako, kisha tumia vitufe vilivyo hapa chini.
bot-keypad-expired = Muda wa vitufe hivi umeisha. Hivi hapa vipya.
bot-was-away = Hatukuwepo kwa muda, na huenda ulichobonyeza kilipotea. Hapa ndipo ulipo.
bot-pin-stays-in-group = PIN yako bado iko kwenye kikundi: siruhusiwi kuifuta. Tafadhali futa ujumbe wako sasa. PIN imefungwa, na unapaswa kuchagua nyingine.
undo = Tengua
undo-offer = Limefanyika. Bado unaweza kulitengua.
undo-too-late = Nusu dakika imepita, kwa hivyo kitufe hiki hakiwezi kulitengua. Hakuna kilichobadilika.
cant-be-undone = Hili haliwezi kutenguliwa.
bot-text-only = Ninasoma maandishi tu. Tafadhali bonyeza kitufe au andika jibu lako.
bot-unknown-command = Sijui amri hiyo. /help inaeleza ninachoweza kufanya.
bot-not-your-button = Kitufe hiki si chako.
bot-busy = Tuna shughuli nyingi. Tafadhali jaribu tena baada ya muda mfupi.
bot-failed = Kuna hitilafu upande wetu. Tuma /start, na uangalie salio lako kabla ya kujaribu tena.
bot-write-in-private = Pesa zako ni siri, kwa hivyo sizizungumzii kwenye vikundi. Tafadhali niandikie kwa faragha.
bot-open-private = Fungua chat ya faragha

bot-command-start = Anza, au endelea ulipoacha
bot-command-balance = Salio lako na la vikundi vyako
bot-command-deposit = Weka pesa kwa M-PESA
bot-command-withdraw = Toa pesa kwenda M-PESA
bot-command-contribute = Changa kwa kikundi
bot-command-groups = Vikundi vyako; jiunge au anzisha
bot-command-statement = Malipo yako ya mwisho
bot-command-settings = Akaunti yako
bot-command-language = Chagua Kiingereza au Kiswahili
bot-command-help = Jinsi inavyofanya kazi
bot-command-cancel = Acha unachofanya na urudi mwanzo

bot-description = Weka akiba na kikundi chako: weka pesa kwa M-PESA, changa, na uone salio lako na la kikundi. Akaunti hiyo hiyo hutumika kwa USSD.
