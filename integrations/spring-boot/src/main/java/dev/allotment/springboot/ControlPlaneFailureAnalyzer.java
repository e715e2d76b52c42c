// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do if the control plane cannot be opened. */
final class ControlPlaneFailureAnalyzer extends AbstractFailureAnalyzer<SaasException> {
    private static final Map<String, String> ACTIONS = Map.of(
            ErrorCodes.SETTING_INVALID,
            "Correct the properties below allotment. Those of the backend are below allotment.settings.",
            ErrorCodes.BACKEND_UNKNOWN,
            "Set allotment.backend to one of the backends on the class path, or add the module of the one that is set:"
                    + " dev.allotment:backend-h2 or dev.allotment:backend-postgres.",
            ErrorCodes.BACKEND_UNAVAILABLE,
            "Start the database server, and check the address, the user and the password below allotment.settings.",
            ErrorCodes.BACKEND_IN_USE,
            "Stop the other process that uses these files, or set allotment.settings.path to another folder.",
            ErrorCodes.BACKEND_SCHEMA,
            "Start a build that knows the schema of this catalog.",
            ErrorCodes.ADDON_INVALID,
            "Correct the add-on.");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SaasException cause) {
        String action = ACTIONS.get(cause.code());
        return action == null
                ? null
                : new FailureAnalysis(
                        "The control plane cannot be opened (" + cause.code() + "): " + cause.getMessage(),
                        action,
                        cause);
    }
}
