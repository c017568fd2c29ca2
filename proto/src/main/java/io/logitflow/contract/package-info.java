/**
 * What every stage shares beside the protocols: how a fault is worded and classed, and how an
 * output appears whole or not at all. Depends on the JDK alone.
 */
@NullMarked
package io.logitflow.contract;

import org.jspecify.annotations.NullMarked;
