// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.access.SignIns;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a use case that a view of {@link Saas#actingInSession} refuses with {@code access.proof-needed}, unless the
 * user has proven in this session within {@link SignIns#PROOF_LIFE} who it is. Other views need no proof.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface NeedsProof {}
