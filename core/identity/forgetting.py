"""What is forgotten of a member, table by table, in the order in which it is done.

The books, M-Pesa's receipts, withdrawals with the number that M-Pesa paid, and her consents stay: law and other people's money
need them. So does what other members' records of their own safety say of her. Everything else that names her is put out by a
pseudonym, or goes. A test walks every column of every table, so that a new one has to be placed here or said to stay.

Each statement may use :member, :subject (the same as text), :pseudonym, :now, :phones (every number that was hers or was to
be), :telegrams and :chats (her chat accounts), :prints (all these as fingerprints of devices), :marks (as they stand in what a
code proved), :spoken (as others were told), :hidden (as strangers are written down) and :invited (as invitations name numbers).
A row that carries only such a mark is hers unless it is a member's.
"""

FORGET = (
    """UPDATE account_recovery SET status = 'cancelled', cancelled_at = :now, cancelled_by = 'erasure'
       WHERE user_id = :member AND status = 'pending'""",
    """UPDATE account_recovery SET ip_address = '', user_agent = NULL,
       new_phone = CASE WHEN new_phone IS NULL THEN NULL ELSE 'erased:' || id END WHERE user_id = :member""",
    """UPDATE recovery_contacts SET status = 'removed', ended_at = :now
       WHERE (user_id = :member OR contact_id = :member) AND status IN ('asked', 'accepted')""",
    # How she proved herself, and what that was asked for.
    """DELETE FROM otp_attempts WHERE subject = :subject
       OR EXISTS (SELECT FROM unnest(CAST(:marks AS text[])) mark WHERE position(mark IN subject) > 0)""",
    """DELETE FROM otp_attempts WHERE challenge_id IN (SELECT id FROM otp_challenges
       WHERE user_id = :member OR user_id IS NULL AND (phone = ANY(:phones) OR requester = ANY(:prints)))""",
    """DELETE FROM otp_challenges
       WHERE user_id = :member OR user_id IS NULL AND (phone = ANY(:phones) OR requester = ANY(:prints))""",
    "DELETE FROM two_factor_auth WHERE user_id = :member",
    "DELETE FROM step_ups WHERE user_id = :member",
    "DELETE FROM step_up_limits WHERE user_id = :member",
    "DELETE FROM password_history WHERE user_id = :member",
    "DELETE FROM drafts WHERE user_id = :member",
    "DELETE FROM answered_turns WHERE user_id = :member",
    "DELETE FROM email_addresses WHERE user_id = :member",
    "DELETE FROM notification_preferences WHERE user_id = :member",
    "DELETE FROM sim_swap_checks WHERE phone = ANY(:phones)",
    "DELETE FROM foreign_pins WHERE subject = :subject OR subject = ANY(:hidden)",
    # Who and what spoke for her.
    "DELETE FROM oauth_requests WHERE session_id IN (SELECT id FROM member_sessions WHERE user_id = :member)",
    "DELETE FROM oauth_connections WHERE user_id = :member",
    "UPDATE member_sessions SET ip_address = '', user_agent = NULL WHERE user_id = :member",
    "UPDATE refresh_tokens SET ip_address = '', user_agent = NULL WHERE user_id = :member",
    """UPDATE api_keys SET enabled = false, revoked_at = coalesce(revoked_at, :now), name = 'erased', ip_whitelist = '[]',
       last_used_ip = NULL WHERE user_id = :member""",
    """UPDATE user_devices SET device_name = NULL, device_fingerprint = 'erased:' || id, browser = NULL, os = NULL,
       last_ip_address = NULL, last_location = NULL, trusted = false, revoked_at = coalesce(revoked_at, :now)
       WHERE user_id = :member""",
    # What happened to her account stays for a year, without where from.
    """UPDATE login_attempts SET identifier = :pseudonym, ip_address = channel, user_agent = NULL, location = NULL,
       device_fingerprint = NULL WHERE user_id = :member OR user_id IS NULL AND identifier = ANY(:hidden)""",
    """UPDATE session_audits SET ip_address = '', user_agent = NULL, location = NULL, metadata = NULL
       WHERE user_id = :member""",
    """UPDATE security_events SET ip_address = '', user_agent = NULL, location = NULL, details = NULL, notes = NULL
       WHERE user_id = :member""",
    """UPDATE sms_delivery_log SET to_phone = :pseudonym, message = '', sealed_message = NULL, metadata = NULL,
       status = CASE WHEN status IN ('pending', 'sending') THEN 'failed' ELSE status END
       WHERE user_id = :member OR user_id IS NULL AND to_phone = ANY(:phones)""",
    """UPDATE email_delivery_log SET to_email = :pseudonym, subject = '', sealed_body = NULL, metadata = NULL,
       status = CASE WHEN status IN ('pending', 'sending') THEN 'failed' ELSE status END WHERE user_id = :member""",
    """UPDATE chat_delivery_log SET chat = 0, message = '', card = NULL, fallback_phone = NULL, fallback_message = NULL,
       status = CASE WHEN status IN ('pending', 'sending') THEN 'superseded' ELSE status END
       WHERE user_id = :member OR user_id IS NULL AND chat = ANY(:chats)""",
    # Contacts were told who asks and where to call; she was named to those whose contact she is.
    *(
        f"""UPDATE {log} SET message = '' WHERE user_id IN (
              SELECT contact_id FROM recovery_contacts WHERE user_id = :member
              UNION SELECT user_id FROM recovery_contacts WHERE contact_id = :member)
            AND EXISTS (SELECT FROM unnest(CAST(:spoken AS text[])) said WHERE position(said IN message) > 0)"""
        for log in ("sms_delivery_log", "chat_delivery_log")
    ),
    "DELETE FROM chat_pace WHERE lane = 'chat' AND number = ANY(:chats)",
    "DELETE FROM board_names WHERE user_id = :member",
    "DELETE FROM group_chat_tokens WHERE user_id = :member",
    "DELETE FROM live_messages WHERE chat = ANY(:chats)",
    "UPDATE telegram_updates SET lane = 0 WHERE lane = ANY(:telegrams) AND handled_at IS NOT NULL",
    "UPDATE job_failures SET payload = '{}' WHERE payload->>'member' = :subject",
    # Nobody is to pay to a number that leads to nobody: what still comes waits for a person to look at it.
    "DELETE FROM payment_accounts WHERE user_id = :member",
    "UPDATE mpesa_transactions SET chat_id = 0 WHERE user_id = :member AND chat_id IS NOT NULL",
    "UPDATE mpesa_transactions SET ip_address = NULL, user_agent = NULL WHERE user_id = :member",
    "UPDATE withdrawals SET chat_id = 0 WHERE user_id = :member AND chat_id IS NOT NULL",
    # What she asked of her groups, and what they wrote about her for all to read.
    """UPDATE recurring_payments SET is_active = false, cancelled_at = coalesce(cancelled_at, :now), look_at = NULL,
       cancelled_reason = coalesce(cancelled_reason, 'erased'), description = NULL, payment_method_details = NULL,
       metadata = NULL WHERE user_id = :member""",
    "UPDATE welfare_claims SET reason = '' WHERE user_id = :member",
    "UPDATE proposal_options SET label = 'FORMER MEMBER' WHERE member_id = :member",
    """UPDATE proposals
       SET details = details || jsonb_build_object(CASE kind WHEN 'spend' THEN 'payee' ELSE 'name' END, 'FORMER MEMBER')
       WHERE details ->> 'member' = :subject""",
    """UPDATE vote_delegations SET revoked_at = :now
       WHERE (giver_id = :member OR holder_id = :member) AND revoked_at IS NULL""",
    "UPDATE treasury_requests SET payee_name = 'Former member' WHERE payee_id = :member",
    "UPDATE dao_membership_changes SET reason = '' WHERE user_id = :member",
    "UPDATE dao_role_changes SET because = '' WHERE user_id = :member",
    # Also those that she never used: whoever has the number next wasn't invited.
    """UPDATE dao_invitations SET status = 'withdrawn', ended_at = :now
       WHERE status = 'open' AND phone_digest = ANY(:invited)""",
    "UPDATE dao_invitations SET phone_shown = '' WHERE used_by = :member OR phone_digest = ANY(:invited)",
    """INSERT INTO dao_role_changes (id, dao_id, user_id, from_role, to_role, way, because, by, created_at)
       SELECT gen_random_uuid(), dao_id, user_id, role, 'member', 'left', '', NULL, :now FROM dao_memberships
       WHERE user_id = :member AND status = 'active' AND role <> 'member'""",
    "UPDATE dao_memberships SET status = 'left', role = 'member', leaves_at = NULL WHERE user_id = :member",
)
