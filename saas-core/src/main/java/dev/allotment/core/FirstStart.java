// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.account.AccountUseCases;
import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.core.SaasSettings;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Fills an empty catalog with what a control plane needs, and refuses a catalog of another main database. */
final class FirstStart {
    private static final String MAIN_DATABASE = "allotment.main_database";
    /** A new installation retains deleted databases for a week, so that a deletion by mistake can be taken back. */
    private static final String RETENTION_DAYS = "7";

    private final CoreSettings settings;
    private final SaasSettings.Installation installation;
    private final CoreContext context;
    private final Passwords passwords;

    FirstStart(CoreSettings settings, CoreContext context, Passwords passwords) {
        this.settings = settings;
        this.installation = settings.given().installation();
        this.context = context;
        this.passwords = passwords;
    }

    /** Creates the first records. If two nodes start at once, one loses at a unique key and finds the records made. */
    void run() {
        String password = installation.administratorPassword();
        boolean fresh =
                context.catalog().transact(tx -> tx.records(RecordTypes.USERS).count(Filter.all())) == 0;
        String hash = fresh && password != null ? passwords.hash(password, null) : null;
        try {
            context.catalog().transact(tx -> {
                if (tx.records(RecordTypes.USERS).count(Filter.all()) == 0) {
                    fill(tx, hash);
                }
                return null;
            });
        } catch (SaasException e) {
            boolean othersWereFirst =
                    e.code().equals(ErrorCodes.RECORD_DUPLICATE) || e.code().equals(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
            if (!othersWereFirst) {
                throw e;
            }
        }
        requireSameMainDatabase();
    }

    private void fill(Transaction tx, @Nullable String administratorHash) {
        Instant now = context.now();
        User system = user(Actor.SYSTEM_LOGIN, "System", false, now);
        AccountUseCases.insert(tx, system, null);
        AccountUseCases.insert(
                tx,
                user(TextRules.login(installation.administratorLogin()), "Administrator", true, now),
                administratorHash);
        String url = MainParameters.checkUrl(installation.baseUrl());
        String host = settings.hostOfBaseUrl();
        ParameterRows.set(tx, Parameter.BASE_URL, url, false);
        ParameterRows.set(
                tx, Parameter.BASE_DOMAIN, installation.baseDomain() == null ? host : installation.baseDomain(), false);
        ParameterRows.set(tx, Parameter.DATABASE_UUID, context.secrets().uuid().toString(), false);
        ParameterRows.set(tx, MAIN_DATABASE, installation.mainDatabase(), true);
        ParameterRows.set(tx, Parameter.NOTIFY_IN_ADVANCE, "2", false);
        MainParameters.set(tx, Parameter.ALLOW_UNINVITED, "True");
        ParameterRows.set(tx, Parameter.RETENTION_DAYS, RETENTION_DAYS, false);
        tx.records(RecordTypes.SERVERS)
                .insert(Server.builder(Server.DEFAULT_NAME)
                        .host(host)
                        .createdAt(now)
                        .build());
    }

    private static User user(String login, String name, boolean active, Instant now) {
        return new User(
                new UserId(0),
                login,
                name,
                null,
                Role.ADMINISTRATOR,
                active,
                new CustomerId(0),
                "en_US",
                "UTC",
                now,
                null,
                null);
    }

    /**
     * Clients know the main database by its name, so a catalog that was created under another name belongs to another
     * one.
     */
    void requireSameMainDatabase() {
        String stored = context.catalog()
                .transact(tx -> MainParameters.value(tx, MAIN_DATABASE))
                .orElse(installation.mainDatabase());
        if (!stored.equals(installation.mainDatabase())) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Invalid settings of the control plane:\n  mainDatabase: this catalog was created with \"" + stored
                            + "\", found \"" + installation.mainDatabase() + "\"");
        }
    }
}
