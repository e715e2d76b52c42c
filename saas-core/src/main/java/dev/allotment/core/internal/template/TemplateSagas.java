// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.operation.Saga;
import java.util.Map;

/** The sagas that make and delete the databases of templates. */
public record TemplateSagas(BuildTemplateSaga build, AdoptTemplateSaga adopt, DeleteTemplateSaga delete) {
    Map<OperationKind, Saga<?>> byKind() {
        return Map.of(
                OperationKind.BUILD_TEMPLATE, build,
                OperationKind.ADOPT_TEMPLATE, adopt,
                OperationKind.DELETE_TEMPLATE, delete);
    }
}
