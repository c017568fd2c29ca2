/** What commands that ask a server print alike. Depends on the protocol and the contract. */
@NullMarked
package io.logitflow.command.output;

import org.jspecify.annotations.NullMarked;
