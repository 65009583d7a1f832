# Short names for what Maven and the scripts do.
.PHONY: build test it large bench demo docs golden fmt

build:
	mvn --quiet -DskipTests verify

test:
	mvn verify

# The launcher from outside, as a user meets it.
it: build
	ci/smoke

# What needs gibibytes, or a disk that is full.
large: build
	ci/large

# What it costs.
bench:
	ci/bench

demo:
	./tidemark demo

# Writes the reference pages anew: docs/cli.md, docs/exit-codes.md and docs/reliability-planted.md.
docs:
	mvn --quiet -pl cli -am -Ddocs.write=true -Dtest=ReferencePagesTest,PlantedTableTest -Dsurefire.failIfNoSpecifiedTests=false test

# Writes the golden buckets of a new format version: make golden GOLDEN=restore/src/test/resources/golden/v2
golden:
	mvn --quiet -pl cli -am -DskipTests -Dgolden=$(abspath $(GOLDEN)) test

# Rewrites the layout of every Java file.
fmt:
	mvn --quiet -pl ci/format -Dformat.mode=write process-sources
