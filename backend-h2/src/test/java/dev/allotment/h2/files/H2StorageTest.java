// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2StorageTest {
    /** The tests that files on a disk and files in memory have in common. */
    abstract static class Contract {
        private H2Storage storage;

        void use(H2Storage used) {
            storage = used;
        }

        @AfterEach
        void close() {
            storage.close();
        }

        @Test
        void listsWhatWasCreated() {
            storage.createFolder("all/shop");
            storage.createFolder("all/shop");
            storage.createFile("all/shop/one");
            storage.createFile("all/shop/one");
            storage.createFolder("all/shop2");
            storage.createFile("all/shop2/two");

            assertThat(storage.children("all")).containsExactlyInAnyOrder("shop", "shop2");
            assertThat(storage.children("all/shop")).containsExactly("one");
            assertThat(storage.children("nothing")).isEmpty();
            assertThat(storage.exists("all/shop/one")).isTrue();
            assertThat(storage.exists("all/shop/two")).isFalse();
        }

        @Test
        void aCopyIsIndependentOfItsOriginal() {
            storage.createFolder("all");
            storage.createFile("all/one");
            storage.copy("all/one", "all/two");
            storage.delete("all/one");

            assertThat(storage.children("all")).containsExactly("two");
            assertThat(storage.size("all/two")).isZero();
        }

        @Test
        void replacesAFileByAnother() {
            storage.createFolder("all");
            storage.createFile("all/one");
            storage.createFile("all/two");
            storage.replace("all/one", "all/two");

            assertThat(storage.children("all")).containsExactly("one");
        }

        @Test
        void movesAFolderWithItsContent() {
            storage.createFolder("all/one");
            storage.createFile("all/one/file");
            assertThat(storage.moveFolder("all/one", "all/two")).isTrue();

            assertThat(storage.children("all")).containsExactly("two");
            assertThat(storage.children("all/two")).containsExactly("file");
        }

        @Test
        void doesNotMoveAFolderToANameThatIsTaken() {
            storage.createFolder("all/one");
            storage.createFile("all/one/file");
            storage.createFolder("all/two");
            storage.createFile("all/two/other");

            assertThat(storage.moveFolder("all/one", "all/two")).isFalse();
            assertThat(storage.children("all/one")).containsExactly("file");
            assertThat(storage.children("all/two")).containsExactly("other");
        }

        @Test
        void deletesAFolderWithItsContent() {
            storage.createFolder("all/one/deep");
            storage.createFile("all/one/deep/file");
            storage.createFile("all/one/file");
            storage.createFolder("all/one-more");
            storage.delete("all/one");
            storage.delete("all/one");

            assertThat(storage.children("all")).containsExactly("one-more");
            assertThat(storage.exists("all/one/deep/file")).isFalse();
        }

        @Test
        void canBeClosedTwice() {
            storage.createFolder("all");
            storage.close();

            assertThatCode(storage::close).doesNotThrowAnyException();
        }
    }

    @Nested
    class OnDisk extends Contract {
        @TempDir
        Path folder;

        @BeforeEach
        void open() {
            use(DiskStorage.open(folder));
        }

        @Test
        void locksItsFolderUntilItIsClosed() {
            assertThatThrownBy(() -> DiskStorage.open(folder))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_IN_USE));
            close();
            DiskStorage.open(folder).close();
        }

        @Test
        void deletesNoTargetsOfLinks() throws IOException {
            Path outside = Files.createDirectory(folder.resolve("outside"));
            Files.createFile(outside.resolve("file"));
            Files.createSymbolicLink(
                    Files.createDirectory(folder.resolve("all")).resolve("link"), outside);
            try (DiskStorage again = reopen()) {
                again.delete("all");
            }

            assertThat(outside.resolve("file")).exists();
            assertThat(folder.resolve("all")).doesNotExist();
        }

        private DiskStorage reopen() {
            close();
            return DiskStorage.open(folder);
        }
    }

    @Nested
    class InMemory extends Contract {
        @BeforeEach
        void open() {
            use(new MemoryStorage());
        }

        @Test
        void sharesNoFilesWithAnotherStorage() {
            MemoryStorage other = new MemoryStorage();
            other.createFolder("all");
            assertThat(other.children("")).containsExactly("all");
            other.close();
            assertThat(other.children("")).isEmpty();
        }
    }
}
