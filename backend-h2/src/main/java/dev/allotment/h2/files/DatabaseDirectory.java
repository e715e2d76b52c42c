// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The directory of the tenant databases. The name of a database is the name of its folder, and its id is the name of
 * the files in it. Creating, renaming and dropping a database each take effect by one rename of its folder.
 * Thread-safe.
 */
public final class DatabaseDirectory {
    private static final String ROOT = "databases";
    private static final String NAMED = "db-";
    private static final String NEW = "new-";
    private static final String GONE = "gone-";
    private static final String EXCHANGE = "exchange-";

    private final H2Storage storage;

    /** A directory in a storage. */
    public DatabaseDirectory(H2Storage storage) {
        this.storage = storage;
    }

    /**
     * Deletes what a process left behind that was killed while it created or dropped a database, and completes an
     * exchange.
     */
    public void deleteLeftovers() {
        storage.createFolder(ROOT);
        completeExchanges();
        for (String folder : storage.children(ROOT)) {
            if (folder.startsWith(NEW) || folder.startsWith(GONE)) {
                storage.delete(ROOT + '/' + folder);
            }
        }
    }

    /** Whether a database has this name, regardless of its id. */
    public boolean contains(String name) {
        return storage.exists(folder(name));
    }

    /**
     * Whether a database exists.
     *
     * @throws SaasException {@code database.foreign} if a database with another id has its name
     */
    public boolean contains(DatabaseRef database) {
        UUID id = idIn(folder(database.name()));
        // A folder that is gone was perhaps renamed a moment ago.
        if (id == null && !contains(database.name())) {
            return false;
        }
        if (!database.uuid().equals(id)) {
            throw foreign(database.name());
        }
        return true;
    }

    /**
     * Returns the files of an existing database.
     *
     * @throws SaasException {@code database.unknown}, {@code database.foreign}
     */
    public DatabaseFiles get(DatabaseRef database) {
        if (!contains(database)) {
            throw unknown(database.name());
        }
        return files(folder(database.name()), database.uuid());
    }

    /**
     * Reads files of a database to which the caller has no exclusive access, so that another thread may rename or drop
     * it meanwhile.
     *
     * @throws SaasException {@code database.unknown}, {@code database.foreign}
     */
    public <T> T read(DatabaseRef database, Function<DatabaseFiles, T> reading) {
        try {
            return reading.apply(get(database));
        } catch (SaasException e) {
            // Throws if the reason is that the database is gone.
            get(database);
            throw e;
        }
    }

    /** Returns the database of an identity under its present name; null if there is none. */
    public @Nullable DatabaseRef find(UUID id) {
        for (String folder : storage.children(ROOT)) {
            String name = folder.startsWith(NAMED) ? H2Names.decode(folder.substring(NAMED.length())) : null;
            if (name != null && storage.exists(ROOT + '/' + folder + '/' + id + DatabaseFiles.DATA)) {
                return new DatabaseRef(name, id);
            }
        }
        return null;
    }

    /** Lists the databases by name. */
    public List<DatabaseRef> list() {
        List<DatabaseRef> databases = new ArrayList<>();
        for (String folder : storage.children(ROOT)) {
            String name = folder.startsWith(NAMED) ? H2Names.decode(folder.substring(NAMED.length())) : null;
            UUID id = name == null ? null : idIn(ROOT + '/' + folder);
            if (name != null && id != null) {
                databases.add(new DatabaseRef(name, id));
            }
        }
        databases.sort(Comparator.comparing(DatabaseRef::name));
        return databases;
    }

    /** Lists the databases by name, with their states. Leaves out those that are renamed or dropped meanwhile. */
    public List<DatabaseEntry> inventory() {
        List<DatabaseEntry> entries = new ArrayList<>();
        for (DatabaseRef each : list()) {
            try {
                entries.add(read(each, files -> entry(each, files)));
            } catch (SaasException e) {
                if (!e.code().equals(ErrorCodes.DATABASE_UNKNOWN) && !e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                    throw e;
                }
            }
        }
        return entries;
    }

    private static DatabaseEntry entry(DatabaseRef database, DatabaseFiles files) {
        return DatabaseEntry.builder(database.uuid(), database.name())
                .open(files.isOpen())
                .token(files.token())
                .build();
    }

    /** Adds a database whose data is a copy of a file. */
    public void add(DatabaseRef database, String data) {
        add(database, files -> storage.copy(data, files.data()));
    }

    /**
     * Adds a database completely or not at all.
     *
     * @param create creates its files
     */
    public void add(DatabaseRef database, Consumer<DatabaseFiles> create) {
        String unfinished = ROOT + '/' + NEW + database.uuid();
        storage.delete(unfinished);
        storage.createFolder(unfinished);
        create.accept(files(unfinished, database.uuid()));
        move(unfinished, database.name());
    }

    /** Copies a data file to a database outside the directory. The caller deletes its folder. */
    public DatabaseFiles copyAside(String data) {
        DatabaseFiles files = aside();
        storage.copy(data, files.data());
        return files;
    }

    /** Makes a folder for a database outside the directory. The caller deletes it. */
    public DatabaseFiles aside() {
        UUID id = UUID.randomUUID();
        String folder = ROOT + '/' + NEW + "aside-" + id;
        storage.createFolder(folder);
        return files(folder, id);
    }

    /** Renames a database. */
    public void rename(DatabaseRef database, String newName) {
        move(folder(database.name()), newName);
    }

    /**
     * Whether a database exists that {@link #replaceData} has not taken the data of.
     *
     * @throws SaasException {@code database.foreign} if a database with another id has its name
     */
    public boolean hasData(DatabaseRef database) {
        UUID id = idIn(folder(database.name()));
        if (id != null && !id.equals(database.uuid())) {
            throw foreign(database.name());
        }
        return id != null;
    }

    /** Gives a database the data of another one, in one step. The other one is none any more. */
    public void replaceData(DatabaseRef database, DatabaseRef by) {
        storage.replace(get(database).data(), get(by).data());
    }

    /** Removes the folder that {@link #replaceData} leaves, if there is one. */
    public void removeWithoutData(DatabaseRef database) {
        String folder = folder(database.name());
        if (storage.exists(folder) && idIn(folder) == null) {
            storage.delete(folder);
        }
    }

    /** Whether the database with this name has this id. */
    public boolean isNamed(DatabaseRef database) {
        return database.uuid().equals(idIn(folder(database.name())));
    }

    /**
     * Exchanges the ids of two databases that have no connections; both are closed, without a password. From when the
     * file is written that names the two, the exchange is completed, also after the process was killed.
     */
    public void exchange(DatabaseRef database, DatabaseRef other) {
        String text = String.join(
                "\n",
                folder(database.name()),
                database.uuid().toString(),
                folder(other.name()),
                other.uuid().toString());
        storage.write(ROOT + '/' + EXCHANGE + database.uuid(), text.getBytes(StandardCharsets.UTF_8));
        completeExchanges();
    }

    /** Completes the exchanges that {@link #exchange} has started. Requires exclusive access to their databases. */
    public void completeExchanges() {
        for (String child : storage.children(ROOT)) {
            if (child.startsWith(EXCHANGE) && uuid(child.substring(EXCHANGE.length())) != null) {
                String started = ROOT + '/' + child;
                String[] lines = new String(storage.read(started), StandardCharsets.UTF_8).split("\n");
                new DatabaseFiles(storage, lines[0], lines[1]).rename(lines[3]);
                new DatabaseFiles(storage, lines[2], lines[3]).rename(lines[1]);
                storage.delete(started);
            }
        }
    }

    /** Removes a database if it exists, and what an earlier attempt to add or remove it left behind. */
    public void remove(DatabaseRef database) {
        String gone = ROOT + '/' + GONE + database.uuid();
        storage.delete(ROOT + '/' + NEW + database.uuid());
        storage.delete(gone);
        if (contains(database)) {
            storage.moveFolder(folder(database.name()), gone);
            storage.delete(gone);
        }
    }

    private void move(String folder, String name) {
        if (!storage.moveFolder(folder, folder(name))) {
            throw foreign(name);
        }
    }

    private @Nullable UUID idIn(String folder) {
        for (String file : storage.children(folder)) {
            if (file.endsWith(DatabaseFiles.DATA)) {
                UUID id = uuid(file.substring(0, file.length() - DatabaseFiles.DATA.length()));
                if (id != null) {
                    return id;
                }
            }
        }
        return null;
    }

    /** Parses an id in canonical form; null if the text is not one. */
    public static @Nullable UUID uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equals(text) ? uuid : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private DatabaseFiles files(String folder, UUID id) {
        return new DatabaseFiles(storage, folder, id.toString());
    }

    private static String folder(String name) {
        return ROOT + '/' + NAMED + H2Names.encode(name);
    }

    public static SaasException unknown(String name) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.DATABASE_UNKNOWN,
                "Database " + name + " does not exist on this server.",
                Map.of("name", name),
                false,
                null);
    }

    public static SaasException foreign(String name) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_FOREIGN,
                "A database " + name
                        + " exists, but it has another id than expected. Choose another name, or drop it by hand.",
                Map.of("name", name),
                false,
                null);
    }
}
