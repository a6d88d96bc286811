### Safety: what waits while an account or its SIM is in doubt

error-signs-later = { $reason ->
        [recovered] Your account was recovered lately. You can approve for others again from { $at }.
        [sim_swapped] The SIM of your number was changed lately. You can approve for others again from { $at }.
       *[closed] This account is closed for safety. It can approve nothing.
    }
