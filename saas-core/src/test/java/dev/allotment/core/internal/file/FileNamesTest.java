// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FileNamesTest {
    @Test
    void leadToNoOtherFolder() {
        assertThat(List.of("a", "a/b c/ü.txt", "12:30", ".hidden", "...", "x".repeat(1024)))
                .allMatch(FileNames::isValid);
        assertThat(List.of(
                        "",
                        "/a",
                        "a/",
                        "a//b",
                        ".",
                        "..",
                        "../a",
                        "a/../b",
                        "a/./b",
                        "a\\b",
                        "C:a",
                        "c:/a",
                        "a\nb",
                        "a\0b",
                        "\ud800",
                        "x".repeat(1025),
                        "ü".repeat(513)))
                .noneMatch(FileNames::isValid);
    }
}
