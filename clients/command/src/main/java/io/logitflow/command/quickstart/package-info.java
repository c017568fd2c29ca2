/**
 * The command {@code quickstart}: runs every stage on the TFBind8 example as a process of its own
 * and shows what came out. Knows the other stages by their command lines and files alone; depends
 * on the Java client and the shared contract.
 */
@NullMarked
package io.logitflow.command.quickstart;

import org.jspecify.annotations.NullMarked;
