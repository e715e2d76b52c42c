// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openfeature;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

final class H2EntitlementsTest extends EntitlementStories {
    @TempDir
    private Path folder;

    @Override
    String backend() {
        return "h2";
    }

    @Override
    Map<String, String> newCatalog() {
        return Map.of("path", folder.toString());
    }

    @Override
    void end() {
        // The folder is removed by JUnit.
    }
}
