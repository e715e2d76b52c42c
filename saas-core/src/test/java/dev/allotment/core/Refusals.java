// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.SaasException;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions about refused calls. */
public final class Refusals {
    private Refusals() {}

    /** Returns the error that a call throws. If it throws none, the test fails. */
    public static SaasException refusal(ThrowingCallable call) {
        SaasException refusal = Assertions.catchThrowableOfType(SaasException.class, call);
        assertThat(refusal).as("the call is refused").isNotNull();
        return refusal;
    }

    /** Starts an assertion about the code of that error. */
    public static AbstractStringAssert<?> assertRefusal(ThrowingCallable call) {
        SaasException refusal = refusal(call);
        return assertThat(refusal.code()).as(String.valueOf(refusal.getMessage()));
    }
}
