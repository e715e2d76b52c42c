// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Accounts;
import dev.allotment.Customers;
import dev.allotment.MainRecords;
import dev.allotment.Parameters;
import dev.allotment.Plans;

/**
 * Records of the main database, with the rights of one actor.
 *
 * @param place the catalog, or a transaction of it
 */
record MainRecordsView(ControlPlane plane, Place place, Actor actor) implements MainRecords {
    @Override
    public Accounts accounts() {
        return new AccountUseCases(plane, place, actor);
    }

    @Override
    public Customers customers() {
        return new CustomerUseCases(plane, place, actor);
    }

    @Override
    public Plans plans() {
        return new PlanUseCases(plane, place, actor);
    }

    @Override
    public Parameters parameters() {
        return new ParameterUseCases(place, actor::requireAdministrator, false, MainParameters::set);
    }
}
