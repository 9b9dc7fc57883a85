BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
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
CREATE TABLE target (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_target PRIMARY KEY (id), 
	CONSTRAINT uq_target_key UNIQUE ("key")
);
INSERT INTO "target" VALUES(1,'acme/endpoint/api');
INSERT INTO "target" VALUES(2,'acme/status/page');
INSERT INTO "target" VALUES(3,'bolt/tls/smtp');
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
	pending_falls BOOLEAN NOT NULL, memo VARCHAR, 
	CONSTRAINT pk_target_state PRIMARY KEY (target_id), 
	CONSTRAINT fk_target_state_target_id FOREIGN KEY(target_id) REFERENCES target (id)
);
INSERT INTO "target_state" VALUES(1,1772366535000000,'down',1772366520000000,'refused: by 192.0.2.7',0,0,0,NULL,0,'');
INSERT INTO "target_state" VALUES(2,1772366410000000,'degraded',1772366410000000,'API is degraded: „Störung“',0,0,0,NULL,0,'statuspage');
INSERT INTO "target_state" VALUES(3,1772366420000000,'degraded',1772366420000000,'changes all the time',1,0,0,NULL,0,'');
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
COMMIT;
