// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the client databases lie: each in a folder that is called like it, in files that are called like its identity. A
 * database comes and goes with the name of its folder, in one step. Thread-safe.
 */
final class DatabaseDirectory {
    private static final String ROOT = "databases";
    private static final String NAMED = "db-";
    private static final String NEW = "new-";
    private static final String GONE = "gone-";

    private final H2Storage storage;

    DatabaseDirectory(H2Storage storage) {
        this.storage = storage;
    }

    /** Removes what a process has left that was killed while it made or dropped a database. */
    void tidy() {
        storage.createFolder(ROOT);
        for (String folder : storage.children(ROOT)) {
            if (folder.startsWith(NEW) || folder.startsWith(GONE)) {
                storage.delete(ROOT + '/' + folder);
            }
        }
    }

    /** Whether there is one of this name, whoever's it is. */
    boolean has(String name) {
        return storage.exists(folder(name));
    }

    /**
     * Whether this one is there.
     *
     * @throws SaasException {@code database.foreign} where there is another one of that name
     */
    boolean has(DatabaseRef database) {
        if (!has(database.name())) {
            return false;
        }
        if (!database.uuid().equals(identity(folder(database.name())))) {
            throw foreign(database.name());
        }
        return true;
    }

    /**
     * The files of one that is there.
     *
     * @throws SaasException {@code database.unknown}, {@code database.foreign}
     */
    DatabaseFiles get(DatabaseRef database) {
        if (!has(database)) {
            throw new SaasException(
                    ErrorCategory.NOT_FOUND,
                    ErrorCodes.DATABASE_UNKNOWN,
                    "There is no database " + database.name() + " on this server.",
                    Map.of("name", database.name()),
                    false,
                    null);
        }
        return files(folder(database.name()), database.uuid());
    }

    /** All that are somebody's, in order of name. */
    List<DatabaseRef> list() {
        List<DatabaseRef> databases = new ArrayList<>();
        for (String folder : storage.children(ROOT)) {
            String name = folder.startsWith(NAMED) ? H2Names.decode(folder.substring(NAMED.length())) : null;
            UUID identity = name == null ? null : identity(ROOT + '/' + folder);
            if (name != null && identity != null) {
                databases.add(new DatabaseRef(name, identity));
            }
        }
        databases.sort(Comparator.comparing(DatabaseRef::name));
        return databases;
    }

    /** Puts one there with a copy of a file as its data. */
    void add(DatabaseRef database, String data) {
        add(database, files -> storage.copy(data, files.data()));
    }

    /** Puts one there whose files somebody makes, as a whole. */
    void add(DatabaseRef database, Consumer<DatabaseFiles> making) {
        String unfinished = ROOT + '/' + NEW + database.uuid();
        storage.delete(unfinished);
        storage.createFolder(unfinished);
        making.accept(files(unfinished, database.uuid()));
        move(unfinished, database.name());
    }

    /** A copy of a file as the data of a database that is on no shelf, for somebody who removes its folder again. */
    DatabaseFiles aside(String data) {
        UUID number = UUID.randomUUID();
        String folder = ROOT + '/' + NEW + "aside-" + number;
        storage.createFolder(folder);
        DatabaseFiles files = files(folder, number);
        storage.copy(data, files.data());
        return files;
    }

    /** Gives the folder of one another name. */
    void rename(DatabaseRef database, String newName) {
        move(folder(database.name()), newName);
    }

    /** Removes one that is there, and what is left of an attempt to make or to remove it. */
    void remove(DatabaseRef database) {
        String gone = ROOT + '/' + GONE + database.uuid();
        storage.delete(ROOT + '/' + NEW + database.uuid());
        storage.delete(gone);
        if (has(database)) {
            storage.moveFolder(folder(database.name()), gone);
            storage.delete(gone);
        }
    }

    private void move(String folder, String name) {
        if (!storage.moveFolder(folder, folder(name))) {
            throw foreign(name);
        }
    }

    private @Nullable UUID identity(String folder) {
        for (String file : storage.children(folder)) {
            if (file.endsWith(DatabaseFiles.DATA)) {
                UUID identity = uuid(file.substring(0, file.length() - DatabaseFiles.DATA.length()));
                if (identity != null) {
                    return identity;
                }
            }
        }
        return null;
    }

    /** The identity that is written so; null where none is. */
    static @Nullable UUID uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equals(text) ? uuid : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private DatabaseFiles files(String folder, UUID identity) {
        return new DatabaseFiles(storage, folder, identity.toString());
    }

    private static String folder(String name) {
        return ROOT + '/' + NAMED + H2Names.encode(name);
    }

    private static SaasException foreign(String name) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_FOREIGN,
                "Database " + name + " is there already, and is not the one that was meant.",
                Map.of("name", name),
                false,
                null);
    }
}
