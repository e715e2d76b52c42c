// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import org.jspecify.annotations.Nullable;

/** A bean that the control plane needs cannot be used. */
final class HookException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final String action;

    HookException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    static HookException tooEarly(@Nullable Throwable cause) {
        return new HookException(
                "A hook uses the control plane before it is open.",
                "Keep Saas in a field of the hook, and use it when an event or a tenant is handled.",
                cause);
    }

    /** What to do about it. */
    String action() {
        return action;
    }
}
