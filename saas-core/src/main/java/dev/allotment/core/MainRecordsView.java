// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Accounts;
import dev.allotment.Customers;
import dev.allotment.MainRecords;
import dev.allotment.Parameters;
import dev.allotment.Plans;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.ConfigurationLog;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.ProvenCalls;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.parameter.ParameterUseCases;
import dev.allotment.core.internal.plan.PlanUseCases;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The records of the main database, with the rights of one actor.
 *
 * @param work the catalog, or a transaction in it
 * @param session the hash of the secret of the session that it acts in; null: none
 */
record MainRecordsView(
        CoreWiring core,
        UnitOfWork work,
        Actor actor,
        @Nullable String session) implements MainRecords {
    @Override
    public Accounts accounts() {
        return limited(Accounts.class, by -> core.accounts.accounts(work, by));
    }

    @Override
    public Customers customers() {
        return limited(Customers.class, by -> core.accounts.customers(work, by));
    }

    @Override
    public Plans plans() {
        return limited(
                Plans.class, by -> new PlanUseCases(core.context, core.operations.engine(), core.names, work, by));
    }

    @Override
    public Parameters parameters() {
        return limited(
                Parameters.class,
                by -> new ParameterUseCases(work, by::requireAdministrator, false, new ParameterChanges(by)));
    }

    private record ParameterChanges(Actor actor) implements ParameterUseCases.Setter {
        @Override
        public void set(Transaction tx, String key, @Nullable String value) {
            MainParameters.set(tx, key, value);
        }

        @Override
        public void stored(String key, boolean removed) {
            ConfigurationLog.changed(
                    actor, "Parameter " + TextRules.describe(key) + (removed ? " was removed" : " was set"));
        }
    }

    <T> T limited(Class<T> api, Function<Actor, T> useCases) {
        T limited = Door.of(work, actor, api, useCases);
        User user = actor.user();
        return session == null || user == null
                ? limited
                : ProvenCalls.guarded(
                        api, limited, () -> core.accounts.factors().requireProof(work, session, user.id()));
    }
}
