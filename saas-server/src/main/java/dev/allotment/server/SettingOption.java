// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What can be set: on the command line, as a variable, in a file. */
enum SettingOption {
    CONFIG("FILE", "A properties file with any of these settings, without the dashes: main-db = portal.example.com"),
    BACKEND("NAME", "Where databases are kept: h2 (files, one process) or postgres."),
    DATA("FOLDER", "Where h2 keeps its files; \"memory\" keeps nothing."),
    URL("URL", "Of PostgreSQL, such as jdbc:postgresql://db.example.com:5432/portal."),
    USER("NAME", "Who signs in at PostgreSQL; may create databases and roles."),
    PASSWORD("TEXT", "Of that user.", true),
    LISTEN("ADDRESS", "The address to listen on; 0.0.0.0 for all."),
    PORT("NUMBER", "The port to listen on; 0 for any that is free."),
    MAIN_DB("NAME", "The name of the main database, where accounts and plans are administered."),
    BASE_DOMAIN("DOMAIN", "Follows the name of a client database that has no dot in it."),
    BASE_URL("URL", "How the main database is reached from outside; its scheme and port go for client databases too."),
    CLIENTS_PATH(
            "PATH",
            "Serves client databases without a host of their own under this path and their name: /db for"
                    + " clients.example.com/db/{dbname}; none given: each has its host."),
    ADMIN_LOGIN("NAME", "The administrator that the first start makes."),
    ADMIN_PASSWORD("TEXT", "Of that administrator; none given: a random one is printed once.", true),
    MASTER_PASSWORD("TEXT", "Guards the db service; none given: it changes nothing.", true),
    SECRET_KEY(
            "TEXT",
            "Encrypts the passwords of database servers in the catalog; the same on every process, 16 characters at least.",
            true),
    PROXY_TRUSTED("LIST", "Proxies whose word is taken on who calls: addresses and networks, with commas between."),
    SMTP_URL("URL", "Takes our mail: smtp://, starttls:// or smtps:// with host and port; none given: none is sent."),
    SMTP_USER("NAME", "Who signs in there; none given: nobody does."),
    SMTP_PASSWORD("TEXT", "Of that user.", true),
    SMTP_FROM("ADDRESS", "What our mail says it comes from, such as \"Example <noreply@example.com>\"."),
    SMTP_TIMEOUT("SECONDS", "How long that server may take for an answer."),
    MAIL_TEXTS("FOLDER", "What our mail says, in other words or languages."),
    ADDONS("FOLDER", "Add-ons beside those on the class path."),
    MAX_BODY("BYTES", "The largest call that is read, decompressed."),
    PASSWORD_ROUNDS("NUMBER", "What a password check costs an attacker, and us."),
    SERVER_VERSION("VERSION", "The version of Odoo that clients are told they talk to."),
    LIST_DATABASES("FLAG", "Whether anybody may ask which databases there are: true or false."),
    NODE("NAME", "Tells this process from others on the same database (default: host and port)."),
    STOP_TIMEOUT("SECONDS", "How long requests may go on after a signal to stop.");

    static final String VARIABLE_PREFIX = "SAAS_";

    private static final String FILE_SUFFIX = "-file";

    private final String label;
    private final String description;
    private final boolean secret;

    SettingOption(String label, String description) {
        this(label, description, false);
    }

    SettingOption(String label, String description, boolean secret) {
        this.label = label;
        this.description = description;
        this.secret = secret;
    }

    /** Every name that may be set: those of secrets come a second time, for a file that holds the secret. */
    static List<String> keys() {
        return Arrays.stream(values())
                .flatMap(option -> option.secret ? Stream.of(option.key(), option.fileKey()) : Stream.of(option.key()))
                .toList();
    }

    static @Nullable SettingOption of(String key) {
        for (SettingOption option : values()) {
            if (option.key().equals(key) || (option.secret && option.fileKey().equals(key))) {
                return option;
            }
        }
        return null;
    }

    /** As in a properties file, such as {@code main-db}. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String fileKey() {
        return key() + FILE_SUFFIX;
    }

    /** Such as {@code SAAS_MAIN_DB}. */
    static String variable(String key) {
        return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The name that a variable stands for, whether or not there is such an option. */
    static String keyOf(String variable) {
        return variable.substring(VARIABLE_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '-');
    }

    String label() {
        return label;
    }

    String description() {
        return description;
    }

    boolean secret() {
        return secret;
    }
}
