// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.DatabaseLogin;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Databases of which a broken variant replaces one method or two. */
class DelegatingDatabases implements Databases {
    private final Databases sound;

    DelegatingDatabases(Databases sound) {
        this.sound = sound;
    }

    @Override
    public Set<String> reservedNames() {
        return sound.reservedNames();
    }

    @Override
    public void create(DatabaseRef database) {
        sound.create(database);
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        sound.copy(source, database);
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        sound.send(database, receiver);
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        sound.receive(database, content);
    }

    @Override
    public void open(DatabaseRef database) {
        sound.open(database);
    }

    @Override
    public void close(DatabaseRef database) {
        sound.close(database);
    }

    @Override
    public void adopt(DatabaseRef database) {
        sound.adopt(database);
    }

    @Override
    public void release(DatabaseRef database) {
        sound.release(database);
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        sound.rename(database, newName);
    }

    @Override
    public void drop(DatabaseRef database) {
        sound.drop(database);
    }

    @Override
    public boolean exists(String name) {
        return sound.exists(name);
    }

    @Override
    public List<DatabaseRef> list() {
        return sound.list();
    }

    @Override
    public long size(DatabaseRef database) {
        return sound.size(database);
    }

    @Override
    public <T> T transact(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return sound.transact(database, work);
    }

    @Override
    public <T> T configure(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return sound.configure(database, work);
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        return sound.login(database, password);
    }
}
