// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do if a bean that the control plane needs cannot be used. */
final class HookFailureAnalyzer extends AbstractFailureAnalyzer<HookException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, HookException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
