### Safety: what waits while an account or its SIM is in doubt

error-signs-later = { $reason ->
        [recovered] Akaunti yako ilirudishwa hivi karibuni. Utaweza kuidhinisha kwa niaba ya wengine tena kuanzia { $at }.
        [sim_swapped] Laini ya nambari yako ilibadilishwa hivi karibuni. Utaweza kuidhinisha kwa niaba ya wengine tena kuanzia { $at }.
       *[closed] Akaunti hii imefungwa kwa usalama. Haiwezi kuidhinisha chochote.
    }
