// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.Query;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.TransferFormat;
import dev.allotment.tck.BackendContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;

/** Backends with defects in what they send, receive and export. */
final class TransferVariants {
    private TransferVariants() {}

    static List<Variant> all() {
        return List.of(
                transfer("receives content of a newer version", sound -> new DelegatingDatabases(sound) {
                    @Override
                    public void receive(DatabaseRef database, InputStream content) {
                        byte[] bytes = bytes(content);
                        if (bytes.length > Integer.BYTES) {
                            int version = Integer.BYTES + ByteBuffer.wrap(bytes).getInt() - 1;
                            if (version < bytes.length && bytes[version] == '2') {
                                bytes[version] = '1';
                            }
                        }
                        super.receive(database, new ByteArrayInputStream(bytes));
                    }
                }),
                transfer("closes the content that it receives", sound -> new DelegatingDatabases(sound) {
                    @Override
                    public void receive(DatabaseRef database, InputStream content) {
                        try (content) {
                            super.receive(database, content);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                }),
                transfer("names another version than the content has", sound -> new DelegatingDatabases(sound) {
                    @Override
                    public TransferFormat transferFormat() {
                        return new TransferFormat(super.transferFormat().name(), 7);
                    }
                }),
                export("exports no rows", sound -> exporting(sound, text -> text.replace("one row", ""))),
                export("exports no views", sound -> exporting(sound, text -> text.replace("one view", ""))),
                export("exports members", sound -> new ExportsType<>(sound, RecordTypes.MEMBERS)),
                export("exports the hashes of API keys", sound -> new ExportsType<>(sound, RecordTypes.API_KEYS)));
    }

    private static Variant transfer(String what, UnaryOperator<Databases> broken) {
        return Variant.of(what, BackendContract.Transfer.class, "declared", () -> breaking(broken));
    }

    private static Variant export(String what, UnaryOperator<Databases> broken) {
        return Variant.of(what, BackendContract.Export.class, "declared", () -> breaking(broken));
    }

    private static TestHooks breaking(UnaryOperator<Databases> broken) {
        return new TestHooks() {
            @Override
            Databases databases(Databases sound) {
                return broken.apply(sound);
            }
        };
    }

    private static byte[] bytes(InputStream content) {
        try {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes the text of each exported file. */
    private static Databases exporting(Databases sound, UnaryOperator<String> change) {
        return new DelegatingDatabases(sound) {
            @Override
            public void export(DatabaseRef database, DatabaseExport export) {
                super.export(database, new ChangedFiles(export, change));
            }

            @Override
            public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
                super.export(database, content, new ChangedFiles(export, change));
            }
        };
    }

    private record ChangedFiles(DatabaseExport export, UnaryOperator<String> change) implements DatabaseExport {
        @Override
        public void records(Transaction records) {
            export.records(records);
        }

        @Override
        public <R extends Record> void records(RecordType<R> type, Iterator<R> records) {
            export.records(type, records);
        }

        @Override
        public void file(String name, InputStream content) {
            String text = change.apply(new String(bytes(content), StandardCharsets.UTF_8));
            export.file(name, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Adds the records of a type to the first file of an export. */
    private static final class ExportsType<R extends Record> extends DelegatingDatabases {
        private final RecordType<R> type;

        ExportsType(Databases sound, RecordType<R> type) {
            super(sound);
            this.type = type;
        }

        @Override
        public void export(DatabaseRef database, DatabaseExport export) {
            List<R> records = super.transact(database, tx -> tx.records(type).list(Query.all()));
            super.export(database, new ChangedFiles(export, text -> text + records));
        }
    }
}
