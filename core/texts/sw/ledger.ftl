### Ledger

error-insufficient-funds = Salio halitoshi. Una { $available }, na { $needed } inahitajika.
error-key-reused = Hili lilishafanyika kwa maelezo mengine. Hakuna pesa zaidi iliyotoka. Tafadhali anza tena.
error-outcome-unknown = Bado hatujui kama hili limefanikiwa. Tafadhali angalia tena baada ya muda mfupi.
error-hold-resolved = Hili lilishakamilishwa au kuachiliwa. Hakuna pesa zaidi iliyotoka.
error-already-reversed = Hili lilishaghairiwa na pesa kurudishwa. Hakuna pesa zaidi iliyotoka.
