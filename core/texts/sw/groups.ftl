### Groups

error-bad-group-name = { $reason ->
    [short] Jina ni fupi mno. Tumia herufi 2 hadi 40.
    [long] Jina ni refu mno. Tumia herufi 2 hadi 40.
    [letters] Jina linahitaji herufi, si nambari au alama pekee.
   *[characters] Simu nyingine haziwezi kuonyesha jina hili. Tumia herufi, nambari na alama rahisi.
}
error-too-many-groups = Tayari umeanzisha vikundi { $most }. Huwezi kuanzisha kingine.
error-unknown-group = Hakuna kikundi chenye msimbo huu. Angalia nambari sita na ujaribu tena.
error-already-member = Tayari wewe ni mwanachama wa { $group }.
error-group-full = Kikundi { $group } kimejaa: kina wanachama { $most }.
error-not-a-member = Ni wanachama wa kikundi pekee wanaoweza kufanya hivi.
error-contribution-too-small = Mchango wa chini kabisa ni { $low }.
