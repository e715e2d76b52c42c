// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.core.internal.backup.stream.DamagedContent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentCipherTest {
    private static final int PIECE = ContentCipher.PIECE_BYTES;
    private static final int STORED_PIECE = PIECE + 16;
    private static final int HEAD = "allotment backup 1\n".length() + 32;

    private final DataKey key = new DataKey(new byte[DataKey.BYTES]);
    private final ContentCipher cipher = new ContentCipher(key, "backup 1");

    private static byte[] content(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private byte[] encrypted(byte[] plain) throws IOException {
        return cipher.encrypted(new ByteArrayInputStream(plain), new SecureRandom())
                .readAllBytes();
    }

    private byte[] decrypted(byte[] stored) throws IOException {
        return cipher.decrypted(new ByteArrayInputStream(stored)).readAllBytes();
    }

    private void assertDamaged(byte[] stored) {
        assertThatThrownBy(() -> decrypted(stored)).isInstanceOf(DamagedContent.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7})
    void decryptsWhatItEncrypted(int length) throws IOException {
        byte[] plain = content(length);
        byte[] stored = encrypted(plain);
        assertThat(decrypted(stored)).isEqualTo(plain);
        assertThat(stored).hasSize(HEAD + length + 16 * Math.max(1, (length + PIECE - 1) / PIECE));
        assertThat(encrypted(plain)).as("each time with another key").isNotEqualTo(stored);
    }

    @Test
    void readsByteByByte() throws IOException {
        byte[] plain = content(PIECE + 5);
        InputStream in = cipher.decrypted(new ByteArrayInputStream(encrypted(plain)));
        for (byte each : plain) {
            assertThat(in.read()).isEqualTo(each & 0xff);
        }
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void refusesPiecesThatAreMissingRepeatedOrInAnotherOrder() throws IOException {
        byte[] stored = encrypted(content(3 * PIECE + 7));
        byte[] head = Arrays.copyOf(stored, HEAD);
        byte[] first = piece(stored, 0);
        byte[] second = piece(stored, 1);
        byte[] third = piece(stored, 2);
        byte[] last = Arrays.copyOfRange(stored, HEAD + 3 * STORED_PIECE, stored.length);

        assertThat(decrypted(join(head, first, second, third, last))).hasSize(3 * PIECE + 7);
        assertDamaged(join(head, second, first, third, last));
        assertDamaged(join(head, first, first, second, third, last));
        assertDamaged(join(head, first, third, last));
        assertDamaged(join(head, first, second, third));
        assertDamaged(join(head, first, second, last));
        assertDamaged(join(head, last));
        assertDamaged(join(head));
        assertDamaged(join(head, first, second, third, last, first));
        assertDamaged(join(Arrays.copyOf(encrypted(content(9)), HEAD), first, second, third, last));
    }

    private static byte[] piece(byte[] stored, int number) {
        int start = HEAD + number * STORED_PIECE;
        return Arrays.copyOfRange(stored, start, start + STORED_PIECE);
    }

    private static byte[] join(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(each -> each.length).sum();
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }

    @Test
    void refusesContentOfAnotherNameOrKey() throws IOException {
        byte[] stored = encrypted(content(10));
        byte[] otherBytes = new byte[DataKey.BYTES];
        otherBytes[31] = 1;
        for (ContentCipher other : new ContentCipher[] {
            new ContentCipher(key, "backup 2"), new ContentCipher(new DataKey(otherBytes), "backup 1")
        }) {
            assertThatThrownBy(() ->
                            other.decrypted(new ByteArrayInputStream(stored)).readAllBytes())
                    .isInstanceOf(DamagedContent.class);
        }
    }

    @Test
    void passesOnNothingOfAPieceThatWasChanged() throws IOException {
        byte[] plain = content(2 * PIECE);
        byte[] stored = encrypted(plain);
        stored[HEAD + STORED_PIECE + 3] ^= 1;
        InputStream in = cipher.decrypted(new ByteArrayInputStream(stored));
        assertThat(in.readNBytes(PIECE)).isEqualTo(Arrays.copyOf(plain, PIECE));
        assertThatThrownBy(in::read).isInstanceOf(DamagedContent.class);
    }
}
