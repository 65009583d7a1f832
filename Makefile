# Short names for what Maven and the scripts do.
.PHONY: build test it fmt

build:
	mvn --batch-mode --quiet -DskipTests verify

test:
	mvn --batch-mode verify

# The launcher from outside, as a user meets it.
it: build
	ci/smoke

# Rewrites the layout of every Java file.
fmt:
	mvn --batch-mode --quiet -pl ci/format -Dformat.mode=write process-sources
