// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.odoo.internal.model.FixedLookup;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.spi.backend.RecordType;
import java.util.List;

/** Models that clients of Odoo expect in each database, and that are the same in all of them. */
public final class FixedModels {
    private static final RecordType<Language> LANGUAGES = RecordType.of(Language.class, "languages");
    private static final RecordType<Job> JOBS = RecordType.of(Job.class, "jobs");

    private FixedModels() {}

    /**
     * A language.
     *
     * @param code such as {@code en_US}
     * @param isoCode such as {@code en}
     */
    public record Language(long id, String name, String code, String isoCode, boolean active) {}

    /** A job that the database itself starts from time to time. */
    public record Job(long id, String name, boolean active) {}

    /** {@code res.lang}: the language in which this server writes. Users and plans may have any other. */
    public static <V> StoredModel<V, Language> languages() {
        List<Language> all = List.of(new Language(1, "English (US)", "en_US", "en", true));
        return new StoredModel<>(new ModelTableBuilder<V, Language>(
                        "res.lang", view -> new FixedLookup<>(LANGUAGES, all, () -> {}), Language::id)
                .named(Language::name, "name", "code")
                .ordered("name")
                .text("name", "Name", "name", Language::name)
                .text("code", "Locale Code", "code", Language::code)
                .text("iso_code", "ISO code", "isoCode", Language::isoCode)
                .flag("active", "Active", "active", Language::active));
    }

    /** {@code ir.cron}: no database has such jobs, since the server does all periodic work itself. */
    public static <V> StoredModel<V, Job> jobs() {
        return new StoredModel<>(
                new ModelTableBuilder<V, Job>("ir.cron", view -> new FixedLookup<>(JOBS, List.of(), () -> {}), Job::id)
                        .named(Job::name, "name")
                        .ordered("name")
                        .text("name", "Name", "name", Job::name)
                        .flag("active", "Active", "active", Job::active));
    }
}
