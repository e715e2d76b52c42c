// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.tck.BackupStoreContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class S3BackupStoreTest extends BackupStoreContract {
    private static final int PART_BYTES = 300_000;

    private final String bucket = S3Server.newBucket();
    private final List<S3BackupStore> opened = new ArrayList<>();

    @Override
    protected BackupStore open() {
        return opened(S3Server.store(bucket).prefix("control/plane-1").firstPartBytes(PART_BYTES));
    }

    private S3BackupStore opened(S3BackupStore.Builder builder) {
        S3BackupStore store = builder.build();
        opened.add(store);
        return store;
    }

    @AfterEach
    void close() {
        opened.forEach(S3BackupStore::close);
    }

    private static InputStream some() {
        return new ByteArrayInputStream(new byte[] {1, 2, 3});
    }

    private static InputStream onePart() {
        return new ByteArrayInputStream(new byte[PART_BYTES]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../a", "a/../../b", "/a", "a//b", "a/", ".hidden", "a/.b", "a b", "a\\b", "ä"})
    void refusesNamesThatAreNone(String name) {
        assertThatThrownBy(() -> open().write(name, some())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> open().read(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> open().delete(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> S3Server.store(bucket).prefix(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void usesNothingButItsFolder() throws IOException {
        BackupStore other = opened(S3Server.store(bucket).prefix("control/plane-2"));
        BackupStore whole = opened(S3Server.store(bucket));
        other.write("a/1", some());
        open().write("a/2", some());

        assertThat(open().list("")).extracting(StoredFile::name).containsExactly("a/2");
        assertThat(whole.list(""))
                .extracting(StoredFile::name)
                .containsExactly("control/plane-1/a/2", "control/plane-2/a/1");
        open().delete("a/1");
        assertThat(other.list("a/")).extracting(StoredFile::name).containsExactly("a/1");
        assertThat(S3Server.keys(bucket))
                .contains("control/plane-1/a/2", "control/plane-1/.conditional-writes")
                .hasSize(4);
    }

    /** The server puts parts together only if all but the last have 5 MiB. */
    @ParameterizedTest
    @CsvSource({"1000, 1000", "5242880, 5242881"})
    void sendsALargeFileInParts(int partBytes, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        opened(S3Server.store(bucket).prefix("control/plane-1").firstPartBytes(partBytes))
                .write("a/1", new ByteArrayInputStream(bytes));

        assertThat(open().list(""))
                .singleElement()
                .extracting(StoredFile::bytes)
                .isEqualTo((long) bytes.length);
        try (InputStream in = open().read("a/1")) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
        assertThatThrownBy(() -> open().write("a/1", new ByteArrayInputStream(bytes)))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(S3Server.uploads(bucket)).isEmpty();
    }

    @Test
    void abortsALargeFileWhoseContentCannotBeRead() {
        IOException failure = new IOException("on purpose");
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                assertThat(S3Server.uploads(bucket)).hasSize(1);
                throw failure;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };

        assertThatThrownBy(() -> open().write("a/1", new SequenceInputStream(onePart(), failing)))
                .isSameAs(failure);
        assertThat(S3Server.uploads(bucket)).isEmpty();
        assertThatThrownBy(() -> open().read("a/1")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void doesNotReplaceALargeFileThatAppearsWhileItWritesOne() throws IOException {
        InputStream racing = new InputStream() {
            @Override
            public int read() throws IOException {
                open().write("a/1", some());
                return -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };

        assertThatThrownBy(() -> open().write("a/1", new SequenceInputStream(onePart(), racing)))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(open().list(""))
                .singleElement()
                .extracting(StoredFile::bytes)
                .isEqualTo(3L);
        assertThat(S3Server.uploads(bucket)).isEmpty();
    }

    @Test
    void aReaderMayStopInTheMiddle() throws IOException {
        open().write("a/1", onePart());
        BackupStore store = open();
        try (InputStream in = store.read("a/1")) {
            assertThat(in.readNBytes(10)).hasSize(10);
        }
        assertThat(store.list("")).hasSize(1);
    }

    @Test
    void listsMoreThanOnePage() throws IOException {
        BackupStore store = open();
        for (int i = 0; i < S3Server.PAGE + 1; i++) {
            S3Server.put(bucket, "control/plane-1/a/" + i);
        }
        assertThat(store.list("a/"))
                .hasSize(S3Server.PAGE + 1)
                .isSortedAccordingTo((one, two) -> one.name().compareTo(two.name()));
    }

    @Test
    void saysWhatIsWrongWithoutTheSecret() {
        BackupStore wrongKey = opened(S3Server.store(bucket).credentials(S3Server.ACCESS_KEY, "another secret"));
        assertThatThrownBy(() -> wrongKey.write("a/1", some()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("403 SignatureDoesNotMatch")
                .hasMessageContaining("Check the credentials")
                .hasMessageNotContaining("another secret");
        BackupStore noBucket = opened(S3Server.store("missing"));
        assertThatThrownBy(() -> noBucket.read("a/1"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("404 NoSuchBucket")
                .hasMessageEndingWith("Create the bucket.");
        assertThatThrownBy(() -> noBucket.delete("a/1")).hasMessageContaining("NoSuchBucket");
        assertThatThrownBy(() -> noBucket.list("")).hasMessageContaining("NoSuchBucket");
        assertThatThrownBy(() -> noBucket.write("a/1", some())).hasMessageContaining("NoSuchBucket");
        assertThat(wrongKey.toString()).doesNotContain(bucket).doesNotContain("another");
    }

    @Test
    void partsGrowToTheLargestFile() {
        long sum = 0;
        for (int number = 1; number <= Part.MOST; number++) {
            long bytes = Part.bytes(Part.FIRST_BYTES, number);
            assertThat(bytes).isBetween(5L << 20, 5L << 30);
            sum += bytes;
        }
        assertThat(sum).isGreaterThan(5L << 40);
    }
}
