// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decrypts an export with the command of the documentation. Needs the openssl program. */
final class OpensslTest {
    private static final String COMMAND = "openssl enc -d -aes-256-cbc -pbkdf2 -iter " + PassphraseOutput.ITERATIONS
            + " -md sha256 -in shop.zip.enc -out shop.zip -pass file:passphrase";

    @Test
    void decryptsAnExport(@TempDir Path folder) throws Exception {
        byte[] plain = PassphraseOutputTest.archive();
        Files.write(folder.resolve("shop.zip.enc"), PassphraseOutputTest.encrypted(plain, PassphraseOutput.ITERATIONS));
        Files.writeString(folder.resolve("passphrase"), PassphraseOutputTest.PASSPHRASE + "\n");
        Process openssl = new ProcessBuilder(List.of(COMMAND.split(" ")))
                .directory(folder.toFile())
                .inheritIO()
                .start();
        assertThat(openssl.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(openssl.exitValue()).isZero();
        assertThat(Files.readAllBytes(folder.resolve("shop.zip"))).isEqualTo(plain);
    }
}
