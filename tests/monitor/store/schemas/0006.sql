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
INSERT INTO "day" VALUES(20513,1,120,0,17580,300,0,4,'{"refused":2}',X'4302');
INSERT INTO "day" VALUES(20513,2,0,17690,0,300,0,1,NULL,X'4301');
INSERT INTO "day" VALUES(20513,3,0,17680,0,300,0,1,NULL,X'4301');
INSERT INTO "day" VALUES(20513,4,120,0,17580,300,0,0,NULL,NULL);
INSERT INTO "day" VALUES(20513,5,0,3580,0,0,0,0,NULL,NULL);
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
INSERT INTO "hour" VALUES(492324,1,120,0,3480,0,0,4,'{"refused":2}');
INSERT INTO "hour" VALUES(492324,2,0,3590,0,0,0,1,NULL);
INSERT INTO "hour" VALUES(492324,3,0,3580,0,0,0,1,NULL);
INSERT INTO "hour" VALUES(492324,4,120,0,3480,0,0,0,NULL);
INSERT INTO "hour" VALUES(492324,5,0,3580,0,0,0,0,NULL);
INSERT INTO "hour" VALUES(492325,1,0,0,3600,0,0,0,NULL);
INSERT INTO "hour" VALUES(492325,2,0,3600,0,0,0,0,NULL);
INSERT INTO "hour" VALUES(492325,3,0,3600,0,0,0,0,NULL);
INSERT INTO "hour" VALUES(492325,4,0,0,3600,0,0,0,NULL);
INSERT INTO "hour" VALUES(492326,1,0,0,3300,300,0,0,NULL);
INSERT INTO "hour" VALUES(492326,2,0,3300,0,300,0,0,NULL);
INSERT INTO "hour" VALUES(492326,3,0,3300,0,300,0,0,NULL);
INSERT INTO "hour" VALUES(492326,4,0,0,3300,300,0,0,NULL);
INSERT INTO "hour" VALUES(492327,1,0,0,3600,0,0,0,NULL);
INSERT INTO "hour" VALUES(492327,2,0,3600,0,0,0,0,NULL);
INSERT INTO "hour" VALUES(492327,3,0,3600,0,0,0,0,NULL);
INSERT INTO "hour" VALUES(492327,4,0,0,3600,0,0,0,NULL);
INSERT INTO "hour" VALUES(492328,1,0,0,3600,0,0,0,NULL);
INSERT INTO "hour" VALUES(492328,2,0,3600,0,0,0,0,NULL);
INSERT INTO "hour" VALUES(492328,3,0,3600,0,0,0,0,NULL);
INSERT INTO "hour" VALUES(492328,4,0,0,3600,0,0,0,NULL);
CREATE TABLE judgement (
	target_id INTEGER NOT NULL, 
	since BIGINT NOT NULL, 
	findings VARCHAR NOT NULL, 
	memo VARCHAR NOT NULL, 
	word VARCHAR NOT NULL, 
	CONSTRAINT pk_judgement PRIMARY KEY (target_id, since), 
	CONSTRAINT fk_judgement_target_id FOREIGN KEY(target_id) REFERENCES target (id)
)
 WITHOUT ROWID

;
INSERT INTO "judgement" VALUES(1,1772366400000000,'[]','','e4a6a0577479b2b4');
INSERT INTO "judgement" VALUES(2,1772366410000000,'[{"code":"status.degraded","severity":"warning","message":"API is degraded","implies":"degraded","transient":false}]','statuspage','677a11817235703d');
INSERT INTO "judgement" VALUES(3,1772366420000000,'[]','','e4a6a0577479b2b4');
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
);
INSERT INTO "pack" VALUES(492324,1,1772366400000000,1,X'789C8D8F4D0EC2201085AF62DE520929D89F68E249481758501B091AA046D3F4EE628ADAE84267317C8FCCBC991139111020426001C2AA8A2FCB32CF5290F20B5831421DFB362019E5C503E720381D9FA9716D681B69A698AA6C67CC98E0F4AEF35AE14DDF35DBDB8CAD388D6368850F995610756AEBE1830C9DC79AC745713E48AFA3E8A16C7C329A318260462C0602A994D33E6A4C4778ED2EDAC54FBB6FED15C36FDBA96FFEBFEFEBCA3AC61DDC086C73');
INSERT INTO "pack" VALUES(492324,2,1772366410000000,1,X'789C4D4D3D6BC33010FD2BE6661124C54D48A043C66E858CB206615D1C515B323A39A514FFF79CE22537BC3BDEC73DA384814F10461D8F7A7F38B44A6E23E44E7F08483F20E2328E1B987FE893473803155716DA791CB2F3E84100E10373287F2CFEBA1C431C989C90C80D3570F9FE6A02356F8130CD634062ED8D2CD9450A180B9C6F6E245CADA89DD39C22936C36F5131BBB45B65A55DCCB179E2AB6BAE9162D55BB2DBCDED3FCBA7AB0DC187DE85D49993BA71079AFD6DA27429050FE');
INSERT INTO "pack" VALUES(492324,3,1772366420000000,1,X'789C8B36D48956B255D2893634373732363333313280001D033D23531DA5FC6C259DBCD29C1C08111DAB53AD54965A549C999FA764A514E2135C66A867AC541B1B1B0B00A532142D');
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
INSERT INTO "target" VALUES(1,'acme/endpoint/api',1772384400000000);
INSERT INTO "target" VALUES(2,'acme/status/page',1772384400000000);
INSERT INTO "target" VALUES(3,'bolt/tls/smtp',1772384400000000);
INSERT INTO "target" VALUES(4,'acme',1772384400000000);
INSERT INTO "target" VALUES(5,'bolt',1772384400000000);
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
