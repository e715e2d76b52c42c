// SPDX-License-Identifier: Apache-2.0
/**
 * The life of a tenant, from sign-up to the proof of deletion: an example to read and run.
 */
@NullMarked
package dev.allotment.examples.life;

import org.jspecify.annotations.NullMarked;
