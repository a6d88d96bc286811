"""Where each column stands that could name somebody: what a member's erasure leaves, why, and what names nobody.

What `core.identity.forgetting` wipes isn't listed here. A new column of words, numbers of chats, bytes or JSON has to be wiped
there, or be placed here: under STAYS with its reason when it may name somebody and has to stay, under NAMES_NOBODY otherwise.
"""

from __future__ import annotations

BOOKS = "the books and M-Pesa's receipts are kept by law, and other people's money depends on them"
EVIDENCE = "what a gateway reported is evidence; it is forgotten with the rest after its time (core.jobs.retention)"
OTHERS = "what others decided about money is signed with their names"

STAYS: dict[str, dict[str, str]] = {
    BOOKS: {
        "mpesa_transactions": "phone_number account_reference callback_data metadata result_desc",
        "withdrawals": "phone_number",
        "treasury_requests": "payee_phone",
        "payouts": "payee_name",
        "payments_received": "account payer payer_digest payer_name",
        "payment_claims": "receipt",
        "unproven_payments": "account payer payer_digest payer_name",
        "statement_rows": "party party_digest party_name typed details",
        "ledger_transfers": "details",
        "transaction_fees": "metadata description",
    },
    EVIDENCE: {"payment_callbacks": "body remote"},
    OTHERS: {
        "suspense_decisions": "reason proposed_by approved_by",
        "corrections": "reason",
        "funds_freezes": "reason",
        "mpesa_outages": "reason opened_by closed_by",
        "welfare_claims": "because",
    },
    "what a group decided, and why, is its own record": {
        "dao_constitutions": "because",
        "dissolutions": "because",
        "dao_agenda_items": "words",
        "dao_minutes": "content",
        "dao_minutes_corrections": "words",
        "loans": "because",
        "proposals": "words",
        "rotations": "because",
        "treasury_requests": "reason report",
    },
    "why somebody owed something or was let off explains the sums of the others, and the database refuses to change it": {
        "charge_refunds": "reason",
        "charge_waivers": "reason",
        "contribution_charges": "why",
    },
    "a keyed print: an invitation is to a number, whoever has it": {"dao_invitations": "phone_digest"},
    "a message on its way is sealed, and its row is forgotten after a week": {"telegram_updates": "sealed_payload"},
    "sealed, and forgotten after a day": {"idempotency_keys": "sealed_answer"},
    "her own row, whose name and number are put out by the code": {"members": "name phone telegram_id telegram_chat"},
    "jobs that wait for minutes": {"pgqueuer": "payload headers"},
    "ids of members and groups, kept for an hour or two": {"request_counts": "subject", "wrong_pin_marks": "account"},
}

NAMES_NOBODY: dict[str, str] = {
    "account_recovery": "token method",
    "api_keys": "key_hash key_prefix permissions revoked_reason",
    "ballots": "sealed",
    "chat_delivery_log": "position provider_message_id error_message",
    "code_budgets": "source",
    "consents": "version channel",
    "contribution_charges": "terms",
    "contribution_kinds": "name",
    "contribution_lines": "category source",
    "contributions": "currency",
    "corrections": "against attention outcome reference subject",
    "dao_constitutions": "answers",
    "dao_invitations": "code_digest token_digest",
    "dao_meetings": "code_digest place",
    "dao_minutes": "digest",
    "daos": "name code",
    "email_delivery_log": "template provider provider_message_id error_message",
    "fee_schedules": "category currency",
    "financial_reports": "ai_recommendations ai_summary anomalies_detected metadata notes report_data report_url tags",
    "funds_proofs": "accounts problem reference",
    "group_chat_tokens": "digest",
    "group_chats": "chat language board_message shown",
    "group_seal_accounts": "upto",
    "group_seals": "entries previous hash",
    "hold_watch": "upto",
    "idempotency_keys": "route key_digest body_digest",
    "job_failures": "job_id job error",
    "ledger_balances": "id seq kind name currency",
    "ledger_chart": "name meaning xact",
    "ledger_entries": "balance_id seq currency",
    "ledger_entries_archive": "balance_id seq currency",
    "ledger_openings": "balance_id seq",
    "ledger_rejections": "fingerprint kind reason currency xact",
    "ledger_seals": "number since upto transfers entries rejections digest previous hash",
    "ledger_transfers": "fingerprint kind step xact",
    "loan_notices": "stage",
    "loans": "currency",
    "login_attempts": "failure_reason channel event_id",
    "member_sessions": "methods",
    "member_tiers": "tier reason",
    "members": "sealed_pin disabled_reason consent_version",
    "mpesa_outages": "provider",
    "mpesa_tariffs": "plan source",
    "mpesa_transactions": "payment_transaction_id transaction_desc merchant_request_id checkout_request_id conversation_id"
    " originator_conversation_id mpesa_receipt_number result_code failure_reason currency language attention told",
    "padlock_draws": "seed",
    "payment_callbacks": "intent digest outcome kind",
    "payment_reversals": "attention original receipt source",
    "payments_received": "provider receipt currency sources suspense_reason assigned_by",
    "payout_breakers": "provider reason",
    "payouts": "charge_source",
    "pgqueuer": "id entrypoint dedupe_key slot",
    "pgqueuer_log": "id job_id entrypoint traceback",
    "pgqueuer_schedules": "id expression entrypoint",
    "pgqueuer_statistics": "id count entrypoint",
    "proposal_notices": "notice",
    "proposals": "counts refusal winner",
    "provider_tokens": "account token holder",
    "receipt_code_progress": "upto",
    "receipt_codes": "code",
    "recovery_confirmations": "channel",
    "recurring_payments": "currency last_failure_reason paused_reason",
    "refresh_tokens": "token_hash",
    "rotation_numbers": "number",
    "rotations": "commitment sealed_seed seed",
    "security_events": "event_type",
    "share_out_approvals": "digest",
    "share_outs": "digest",
    "ussd_sessions": "session network task last_step steps duration_ms",
    "sms_delivery_log": "template provider provider_message_id error_message",
    "statement_files": "accounts digest name provider shortcode variant",
    "statement_rows": "account linked outcome receipt",
    "tax_rates": "tax category source",
    "telegram_updates": "bot_id update_id problem",
    "transaction_fees": "fee_category currency",
    "treasury_approvals": "digest",
    "treasury_requests": "because currency digest mandate spend told",
    "treasury_steps": "because status",
    "unproven_payments": "currency doubted merchant_request_id provider receipt",
    "withdrawal_limits": "tier currency source",
    "withdrawals": "currency channel language told",
}


def placed(places: dict[str, str]) -> set[tuple[str, str]]:
    """Table and column of each."""
    return {(table, column) for table, columns in places.items() for column in columns.split()}


def staying() -> set[tuple[str, str]]:
    """Everything that may name somebody and stays."""
    return set().union(*(placed(places) for places in STAYS.values()))
