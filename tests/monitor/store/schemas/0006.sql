BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE alert (
	id INTEGER NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	starts_at BIGINT NOT NULL, 
	ends_at BIGINT, 
	labels VARCHAR NOT NULL, 
	annotations VARCHAR NOT NULL, 
	CONSTRAINT pk_alert PRIMARY KEY (id), 
	CONSTRAINT uq_alert_fingerprint_starts_at UNIQUE (fingerprint, starts_at)
);
INSERT INTO "alert" VALUES(1,'da88bc68b0c4bdf4',1772366420000000,1772370000000000,'{"alertname":"VendorDown","severity":"page","vendor":"bolt"}','{"summary":"Acme is down"}');
INSERT INTO "alert" VALUES(2,'8adad5ae9872bd13',1772366520000000,NULL,'{"alertname":"VendorDown","severity":"page","vendor":"acme"}','{"summary":"Acme is down"}');
CREATE TABLE day (
	day INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	up INTEGER NOT NULL, 
	degraded INTEGER NOT NULL, 
	down INTEGER NOT NULL, 
	unknown INTEGER NOT NULL, 
	maintenance INTEGER NOT NULL, 
	probes INTEGER NOT NULL, 
	failures VARCHAR, 
	latency BLOB, 
	CONSTRAINT pk_day PRIMARY KEY (day, target_id), 
	CONSTRAINT fk_day_target_id FOREIGN KEY(target_id) REFERENCES target (id)
)
 WITHOUT ROWID

;
CREATE TABLE facts (
	at BIGINT NOT NULL, 
	target_id INTEGER NOT NULL, 
	whole VARCHAR NOT NULL, 
	CONSTRAINT pk_facts PRIMARY KEY (at, target_id), 
	CONSTRAINT fk_facts_target_id FOREIGN KEY(target_id) REFERENCES target (id)
);
INSERT INTO "facts" VALUES(1772366400000000,1,'{"status":200,"phases":{"dns":0.01,"tls":0.05},"address":"192.0.2.7","server":"nginx"}');
INSERT INTO "facts" VALUES(1772366410000000,2,'{"components":["API","\u0421\u0430\u0439\u0442 \u2014 \u201eShop\u201c"],"indicator":"minor"}');
INSERT INTO "facts" VALUES(1772366420000000,3,'{"version":"TLSv1.3"}');
CREATE TABLE hour (
	hour INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	up INTEGER NOT NULL, 
	degraded INTEGER NOT NULL, 
	down INTEGER NOT NULL, 
	unknown INTEGER NOT NULL, 
	maintenance INTEGER NOT NULL, 
	probes INTEGER NOT NULL, 
	failures VARCHAR, 
	CONSTRAINT pk_hour PRIMARY KEY (hour, target_id), 
	CONSTRAINT fk_hour_target_id FOREIGN KEY(target_id) REFERENCES target (id)
)
 WITHOUT ROWID

;
CREATE TABLE message (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	alert VARCHAR NOT NULL, 
	batch VARCHAR, 
	due_at BIGINT, 
	tries INTEGER NOT NULL, 
	ended_at BIGINT, 
	detail VARCHAR, noted_at BIGINT, waited INTEGER, doubts INTEGER, 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT uq_message_key UNIQUE ("key")
);
INSERT INTO "message" VALUES(1,'ops/3526b92c0756e097/2026-03-01T12:00:00+00:00/firing','ops','sent',1772366400000000,'{"status":"firing","labels":{"alertname":"VendorDown","severity":"page","vendor":"vendor0"},"annotations":{"summary":"Acme is down"},"startsAt":"2026-03-01T12:00:00+00:00","endsAt":null,"fingerprint":"3526b92c0756e097"}','814498fc0a68f09de012ab28e0c47589',1772366660000000,1,1772366601000000,NULL,1772366600000000,0,0);
INSERT INTO "message" VALUES(2,'ops/3d9faa822239d034/2026-03-01T12:00:01+00:00/firing','ops','dead',1772366401000000,'{"status":"firing","labels":{"alertname":"VendorDown","severity":"page","vendor":"vendor1"},"annotations":{"summary":"Acme is down"},"startsAt":"2026-03-01T12:00:01+00:00","endsAt":null,"fingerprint":"3d9faa822239d034"}','ae2ec7b446a77ec46f8f590b30c2ddca',1772366660000000,1,1772366601000000,'503 not now',1772366600000000,0,1);
INSERT INTO "message" VALUES(3,'ops/5d239fda28cc9c3c/2026-03-01T12:00:02+00:00/firing','ops','waiting',1772366402000000,'{"status":"firing","labels":{"alertname":"VendorDown","severity":"page","vendor":"vendor2"},"annotations":{"summary":"Acme is down"},"startsAt":"2026-03-01T12:00:02+00:00","endsAt":null,"fingerprint":"5d239fda28cc9c3c"}',NULL,NULL,0,NULL,NULL,NULL,0,0);
INSERT INTO "message" VALUES(4,'chat/c7194b48322cb1b5/2026-03-01T12:00:03+00:00/firing','chat','waiting',1772366403000000,'{"status":"firing","labels":{"alertname":"VendorDown","severity":"page","vendor":"vendor3"},"annotations":{"summary":"Acme is down"},"startsAt":"2026-03-01T12:00:03+00:00","endsAt":null,"fingerprint":"c7194b48322cb1b5"}','e6a904eb6c52f3f896f18c1de4d4d8f0',1772366700000000,1,NULL,'503 not now',1772366601000000,99,1);
INSERT INTO "message" VALUES(5,'pager/535b8299ece0de73/2026-03-01T12:00:04+00:00/firing','pager','refused',1772366404000000,'{"status":"firing","labels":{"alertname":"VendorDown","severity":"page","vendor":"vendor4"},"annotations":{"summary":"Acme is down"},"startsAt":"2026-03-01T12:00:04+00:00","endsAt":null,"fingerprint":"535b8299ece0de73"}','6daf67f330bf5414e6b1403ee29cb96a',1772366660000000,1,1772366601000000,'400 what is that',1772366600000000,0,0);
CREATE TABLE mute (
	id INTEGER NOT NULL, 
	vendor VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	why VARCHAR NOT NULL, 
	CONSTRAINT pk_mute PRIMARY KEY (id)
);
INSERT INTO "mute" VALUES(1,'bolt',1772366430000000,1772373600000000,'their move, „announced“');
CREATE TABLE observation (
	at BIGINT NOT NULL, 
	target_id INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	severity VARCHAR NOT NULL, 
	reason VARCHAR, 
	detail VARCHAR, 
	findings VARCHAR NOT NULL, 
	facts_at BIGINT, 
	changed VARCHAR, 
	CONSTRAINT pk_observation PRIMARY KEY (at, target_id), 
	CONSTRAINT fk_observation_target_id FOREIGN KEY(target_id) REFERENCES target (id)
);
INSERT INTO "observation" VALUES(1772366400000000,1,0.25,'ok',NULL,NULL,'[]',1772366400000000,NULL);
INSERT INTO "observation" VALUES(1772366410000000,2,0.25,'ok',NULL,NULL,'[{"code":"status.degraded","severity":"warning","message":"API is degraded","implies":"degraded","transient":false}]',1772366410000000,NULL);
INSERT INTO "observation" VALUES(1772366420000000,3,0.25,'ok',NULL,NULL,'[]',1772366420000000,NULL);
INSERT INTO "observation" VALUES(1772366460000000,1,0.25,'ok',NULL,NULL,'[]',1772366400000000,'{"phases":{"dns":0.001,"tls":0.04}}');
INSERT INTO "observation" VALUES(1772366520000000,1,0.25,'critical','refused','by 192.0.2.7','[]',NULL,NULL);
INSERT INTO "observation" VALUES(1772366535000000,1,0.25,'critical','refused','by 192.0.2.7','[]',NULL,NULL);
CREATE TABLE outage (
	id INTEGER NOT NULL, 
	vendor VARCHAR NOT NULL, 
	opened_at BIGINT NOT NULL, 
	confirmed_at BIGINT NOT NULL, 
	claimed_at BIGINT, 
	closed_at BIGINT, 
	targets VARCHAR NOT NULL, 
	cause VARCHAR NOT NULL, 
	shared VARCHAR NOT NULL, 
	CONSTRAINT pk_outage PRIMARY KEY (id), 
	CONSTRAINT uq_outage_vendor_opened_at UNIQUE (vendor, opened_at)
);
INSERT INTO "outage" VALUES(1,'acme',1772366520000000,1772366530000000,NULL,NULL,'["acme/endpoint/api","acme/tls/api"]','refused: by 192.0.2.7','the network 192.0.2.0/24');
INSERT INTO "outage" VALUES(2,'bolt',1772366420000000,1772366430000000,1772366450000000,1772370000000000,'["bolt/endpoint/api","bolt/tls/api"]','refused: by 192.0.2.7','the network 192.0.2.0/24');
CREATE TABLE pack (
	hour INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	first_at BIGINT NOT NULL, 
	is_kept BOOLEAN NOT NULL, 
	packed BLOB NOT NULL, 
	CONSTRAINT pk_pack PRIMARY KEY (hour, target_id, first_at), 
	CONSTRAINT fk_pack_target_id FOREIGN KEY(target_id) REFERENCES target (id)
)

;
CREATE TABLE presence (
	since BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_presence PRIMARY KEY (since)
);
INSERT INTO "presence" VALUES(1772366340000000,1772373700000000);
INSERT INTO "presence" VALUES(1772374000000000,1772386400000000);
CREATE TABLE stretch (
	target_id INTEGER NOT NULL, 
	since BIGINT NOT NULL, 
	state VARCHAR, 
	CONSTRAINT pk_stretch PRIMARY KEY (target_id, since), 
	CONSTRAINT fk_stretch_target_id FOREIGN KEY(target_id) REFERENCES target (id)
)
 WITHOUT ROWID

;
INSERT INTO "stretch" VALUES(1,1772366400000000,'up');
INSERT INTO "stretch" VALUES(1,1772366520000000,'down');
INSERT INTO "stretch" VALUES(2,1772366410000000,'degraded');
INSERT INTO "stretch" VALUES(3,1772366420000000,'degraded');
INSERT INTO "stretch" VALUES(4,1772366400000000,'up');
INSERT INTO "stretch" VALUES(4,1772366520000000,'down');
INSERT INTO "stretch" VALUES(5,1772366420000000,'degraded');
INSERT INTO "stretch" VALUES(5,1772370000000000,NULL);
CREATE TABLE target (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, accounted_until BIGINT, 
	CONSTRAINT pk_target PRIMARY KEY (id), 
	CONSTRAINT uq_target_key UNIQUE ("key")
);
INSERT INTO "target" VALUES(1,'acme/endpoint/api',NULL);
INSERT INTO "target" VALUES(2,'acme/status/page',NULL);
INSERT INTO "target" VALUES(3,'bolt/tls/smtp',NULL);
INSERT INTO "target" VALUES(4,'acme',NULL);
INSERT INTO "target" VALUES(5,'bolt',NULL);
CREATE TABLE target_state (
	target_id INTEGER NOT NULL, 
	observed_at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	cause VARCHAR NOT NULL, 
	transient BOOLEAN NOT NULL, 
	pending INTEGER NOT NULL, 
	pending_down INTEGER NOT NULL, 
	pending_since BIGINT, 
	pending_falls BOOLEAN NOT NULL, memo VARCHAR, looks VARCHAR, flapping BOOLEAN, intermittent BOOLEAN, believed_since BIGINT, bad_since BIGINT, 
	CONSTRAINT pk_target_state PRIMARY KEY (target_id), 
	CONSTRAINT fk_target_state_target_id FOREIGN KEY(target_id) REFERENCES target (id)
);
INSERT INTO "target_state" VALUES(1,1772366535000000,'down',1772366520000000,'refused: by 192.0.2.7',0,0,0,NULL,0,'','',0,0,NULL,NULL);
INSERT INTO "target_state" VALUES(2,1772366410000000,'degraded',1772366410000000,'API is degraded: „Störung“',0,0,0,NULL,0,'statuspage','',0,0,NULL,NULL);
INSERT INTO "target_state" VALUES(3,1772366420000000,'degraded',1772366420000000,'changes all the time',1,0,0,NULL,0,'','uUudDuU',1,0,1772366420000000,1772366415000000);
CREATE TABLE transition (
	id INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	observed_at BIGINT NOT NULL, 
	"before" VARCHAR NOT NULL, 
	"after" VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	cause VARCHAR NOT NULL, 
	CONSTRAINT pk_transition PRIMARY KEY (id), 
	CONSTRAINT fk_transition_target_id FOREIGN KEY(target_id) REFERENCES target (id), 
	CONSTRAINT uq_transition_target_id_observed_at UNIQUE (target_id, observed_at)
);
INSERT INTO "transition" VALUES(1,1,1772366400000000,'unknown','up',1772366400000000,1772366400000000,'ok');
INSERT INTO "transition" VALUES(2,2,1772366410000000,'unknown','degraded',1772366410000000,1772366410000000,'API is degraded: „Störung“');
INSERT INTO "transition" VALUES(3,3,1772366420000000,'unknown','degraded',1772366420000000,1772366420000000,'changes all the time');
INSERT INTO "transition" VALUES(4,1,1772366535000000,'up','down',1772366520000000,1772366535000000,'refused: by 192.0.2.7');
CREATE INDEX ix_alert_ends_at ON alert (ends_at);
CREATE INDEX ix_message_channel_stage_id ON message (channel, stage, id);
COMMIT;
