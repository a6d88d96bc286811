"""Every module that defines tables, imported so that they are all known."""

import importlib

MODULES = (
    "core.ledger.models",
    "core.notifications.models",
    "core.notifications.preferences",
    "core.identity.models",
    "core.identity.factor_models",
    "core.identity.email_models",
    "core.identity.session_models",
    "core.identity.oauth_models",
    "core.identity.erasure_models",
    "core.identity.recovery_models",
    "core.identity.sim_swap_models",
    "core.identity.draft_models",
    "core.payments.models",
    "core.payments.provider_models",
    "core.payments.tariff_models",
    "core.payments.payout_models",
    "core.payments.outage_models",
    "core.payments.proof_models",
    "core.daos.models",
    "core.governance.models",
    "core.treasury.models",
    "core.daos.people_models",
    "core.daos.meeting_models",
    "core.daos.dues_models",
    "core.daos.recurring.models",
    "core.daos.rotation.models",
    "core.daos.welfare.models",
    "core.daos.shares.models",
    "core.payments.statement_models",
    "core.payments.fund_models",
    "core.payments.correction_models",
    "core.daos.models",
    "core.reports.report_models",
    "core.daos.loans.models",
    "core.daos.muhuri_models",
    "core.monitoring.receipt_models",
    "core.monitoring.ussd_models",
    "core.jobs.models",
    "core.web.models",
    "core.web.api.models",
)

for module in MODULES:
    importlib.import_module(module)
