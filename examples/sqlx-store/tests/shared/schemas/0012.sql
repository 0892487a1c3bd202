INSERT INTO links (account, assessment, candidate, application, version, record) VALUES ('acme', 'a1', 1, 7, 3,
    '{"application":7,"assessment":"a1","candidate":1,"erased":false,"job":5,"merged":false,"outcome_revision":0,"state":{"as_of":null,"deleted":false,"stage":null,"status":"active"}}');
INSERT INTO invitations (account, id, request, assessment, candidate, version, record) VALUES ('acme', 'i1', 'r1', NULL, NULL, 2,
    '{"application":null,"assessment":null,"callback":null,"candidate":null,"created_at":"2026-09-21T14:13:20.123456Z","id":"i1","notice":"none","person":{"email":"Ann@Example.com ","first_name":"Ann","last_name":"Example"},"request":"r1","scenario":"s","state":"received"}');
INSERT INTO invitations (account, id, request, assessment, candidate, version, record) VALUES ('acme', 'i2', 'r2', NULL, 2, 1, '{}');
INSERT INTO invitations (account, id, request, assessment, candidate, version, record)
    WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 1100)
    SELECT 'other', 'many ' || n, 'many ' || n, NULL, NULL, 1,
    '{"application":null,"assessment":null,"callback":null,"candidate":null,"created_at":"2026-09-21T14:13:20Z","id":"many ' || n || '","notice":"none","person":{"email":"ann@example.com","first_name":"Ann","last_name":"Example"},"request":"many ' || n || '","scenario":"s","state":"received"}'
    FROM many;
INSERT INTO pushes (account, assessment, person, candidate, requested_at, version, record) VALUES
    ('acme', 'a1', 'f4c5da4ec1a5a57096db4801d16ae60984844743997f4286c2adc9c1ae775629', NULL, 1790000000123456, 1,
    '{"application":null,"assessment":"a1","candidate":null,"choice":null,"journal":[],"origin":"person","person":"f4c5da4ec1a5a57096db4801d16ae60984844743997f4286c2adc9c1ae775629","requested_at":"2026-09-21T14:13:20.123456Z","state":{"state":"queued"}}');
INSERT INTO report_access (account, assessment, version, record) VALUES ('acme', 'a1', 1, '{"assessment":"a1","link_version":1}');
INSERT INTO deliveries (account, event_id, digest, received_at, verdict, candidate, event, body) VALUES
    ('acme', 'e1', x'0707070707070707070707070707070707070707070707070707070707070707', 1790000000000000, 'effective', 1,
    '{"applications":[7],"candidate":1,"kind":"candidate_deleted"}', x'63616e61727920626f6479'),
    ('acme', 'e2', x'0808080808080808080808080808080808080808080808080808080808080808', 1790000060000000, 'ignored', NULL, NULL, NULL);
INSERT INTO delivery_applications (account, application, delivery) SELECT account, 7, id FROM deliveries WHERE event_id = 'e1';
INSERT INTO due_work (account, kind, work, since, claimable_at, claimed, attempts, generation) VALUES
    ('acme', 'notify', '{"invitation":"i1","work":"notify"}', 1790000000000000, 1790000000000000, 0, 2, 2);
INSERT INTO sync_log (account, entry_key, direction, status, assessment, happened_at, subject, record) VALUES ('acme', 'push:a1', 'to_greenhouse', 'done', 'a1', 1790000000123456, 'push',
    '{"application":null,"assessment":"a1","at":"2026-09-21T14:13:20.123456Z","direction":"to_greenhouse","invitation":null,"key":"push:a1","status":"done","subject":"push","text":"pushed"}');
INSERT INTO sync_log (account, entry_key, direction, status, assessment, happened_at, subject, record) VALUES ('other', NULL, 'to_greenhouse', 'done', NULL, 1790000000000000, 'push',
    '{"application":null,"assessment":"a\u0000b \"at\":\"","at":"2026-09-21T14:13:20Z","direction":"to_greenhouse","invitation":null,"key":"\"at\":\"\u0000","status":"done","subject":"push","text":"pushed"}');
INSERT INTO budgets (account, client_id, window_at, used, held_until, request_limit, outside)
    VALUES ('acme', 'client', 1790000010000000, 9, NULL, 50, 0);
INSERT INTO accounts (account, version, document, operator_tokens) VALUES ('acme', 1, '{}', '[]');
INSERT INTO last_seen (account, kind, name, seen_at) VALUES ('acme', 'partner_key', 'sha256:0707070707070707070707070707070707070707070707070707070707070707', 1790000000000000);
INSERT INTO deliveries (account, event_id, digest, received_at, verdict, candidate, event, body) VALUES
    ('acme', 'e3', x'0909090909090909090909090909090909090909090909090909090909090909', 1790000030000000, 'ignored', 2, '{"kind":"candidate_deleted","candidate":2,"applications":[]}', NULL),
    ('acme', 'e4', x'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', 1790000020000000, 'ignored', NULL, '{"kind":"other","action":"\"kind\":\"hired\"\u0000"}', NULL),
    ('gone', 'e5', x'0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b', 1790000040000000, 'ignored', 3, '{"kind":"unrejected","application":3,"candidate":3}', NULL);
INSERT INTO fates (account, candidate, noted_at, version, record) VALUES ('acme', 9, 1790000000000000, 2,
    '{"anonymized":null,"candidate":9,"deleted_at":null,"merged_into":8,"noted_at":"2026-09-21T14:13:20Z"}');
INSERT INTO last_seen (account, kind, name, seen_at) VALUES ('acme', 'hook', 'ping', 1790000050000000);
INSERT INTO pushes (account, assessment, person, candidate, requested_at, version, record) VALUES
    ('acme', 'erased', NULL, 6, 1790000000123456, 4,
    '{"erased":true,"application":null,"assessment":"erased","candidate":6,"choice":null,"journal":[],"origin":"person","person":null,"requested_at":"2026-09-21T14:13:20.123456Z","state":{"state":"done"}}');
INSERT INTO trigger_decisions (account, assessment, version, record) VALUES ('acme', 'a1', 2, '{"assessment":"a1","decided_at":"2026-09-21T14:13:20Z","pushes":true,"reason":{"code":"on_complete","text":"on completion"}}');
INSERT INTO rule_days (account, day, version, record) VALUES ('acme', '2026-09-21', 1, '{"day":"2026-09-21","begun":3,"held":1}');
