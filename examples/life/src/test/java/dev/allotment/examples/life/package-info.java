// SPDX-License-Identifier: Apache-2.0
/**
 * The life of a client database, told from sign-up to the proof that it is gone. To be read and run.
 */
@NullMarked
package dev.allotment.examples.life;

import org.jspecify.annotations.NullMarked;
