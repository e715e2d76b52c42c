// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.server.setting.SecretKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretKeysTest {
    @Test
    void decryptsWithTheWholeTextOfAFileLast(@TempDir Path folder) throws IOException {
        String old = "the first line of a key\n\nthe second line of it";
        Path file = Files.writeString(folder.resolve("key"), old + "\n");

        SecretKeys keys = SecretKeys.of(old, file.toString());
        assertThat(keys.areValid()).isTrue();
        assertThat(keys.get()).containsExactly("the first line of a key", "the second line of it", old);
        Files.writeString(file, "a new key for passwords\n" + old);
        assertThat(keys.get())
                .containsExactly(
                        "a new key for passwords",
                        "the first line of a key",
                        "the second line of it",
                        "a new key for passwords\n" + old);

        Files.writeString(file, "a new key for passwords\n");
        assertThat(keys.get()).containsExactly("a new key for passwords");
    }
}
