/// The command line: commands, config, the control socket and the HTTP endpoints, and the wiring of
/// all other modules. The only package that prints, parses flags or exits; nothing depends on it.
@NullMarked
package dev.tidemark.cli;

import org.jspecify.annotations.NullMarked;
