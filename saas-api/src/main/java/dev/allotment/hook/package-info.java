// SPDX-License-Identifier: Apache-2.0
/**
 * What an embedder implements: add-ons, the tenant schema, listeners, fixes, neutralisers, the pre-deletion backup, the
 * domain verifier and the password policy.
 */
@NullMarked
package dev.allotment.hook;

import org.jspecify.annotations.NullMarked;
