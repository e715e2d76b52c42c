// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import org.junit.jupiter.api.Nested;

/**
 * The whole kit: every contract as a nested class. A backend passes if a subclass passes that only creates its
 * fixtures. A backend with several configurations has one subclass for each.
 */
public abstract class BackendContract {
    /** For subclasses. */
    protected BackendContract() {}

    /** Returns a fixture with a new, empty storage. Called once or more for each test. */
    protected abstract BackendFixture newFixture() throws Exception;

    /** See {@link ProviderContract}. */
    @Nested
    public class Provider extends ProviderContract {
        /** JUnit calls this constructor. */
        public Provider() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link SchemaContract}. */
    @Nested
    public class Schema extends SchemaContract {
        /** JUnit calls this constructor. */
        public Schema() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link RecordsContract}. */
    @Nested
    public class Records extends RecordsContract {
        /** JUnit calls this constructor. */
        public Records() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link TransactionsContract}. */
    @Nested
    public class Transactions extends TransactionsContract {
        /** JUnit calls this constructor. */
        public Transactions() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link QueriesContract}. */
    @Nested
    public class Queries extends QueriesContract {
        /** JUnit calls this constructor. */
        public Queries() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link TextContract}. */
    @Nested
    public class Text extends TextContract {
        /** JUnit calls this constructor. */
        public Text() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link TimeContract}. */
    @Nested
    public class Time extends TimeContract {
        /** JUnit calls this constructor. */
        public Time() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link DatabasesContract}. */
    @Nested
    public class Databases extends DatabasesContract {
        /** JUnit calls this constructor. */
        public Databases() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link IdentityContract}. */
    @Nested
    public class Identity extends IdentityContract {
        /** JUnit calls this constructor. */
        public Identity() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link FencingContract}. */
    @Nested
    public class Fencing extends FencingContract {
        /** JUnit calls this constructor. */
        public Fencing() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link ConfigureContract}. */
    @Nested
    public class Configure extends ConfigureContract {
        /** JUnit calls this constructor. */
        public Configure() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link AdoptionContract}. */
    @Nested
    public class Adoption extends AdoptionContract {
        /** JUnit calls this constructor. */
        public Adoption() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link ReadOnlyLoginsContract}. */
    @Nested
    public class ReadOnly extends ReadOnlyLoginsContract {
        /** JUnit calls this constructor. */
        public ReadOnly() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link RowQuotasContract}. */
    @Nested
    public class RowQuotas extends RowQuotasContract {
        /** JUnit calls this constructor. */
        public RowQuotas() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link HostileReachContract}. */
    @Nested
    public class HostileReach extends HostileReachContract {
        /** JUnit calls this constructor. */
        public HostileReach() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link HostileRefusalContract}. */
    @Nested
    public class HostileRefusal extends HostileRefusalContract {
        /** JUnit calls this constructor. */
        public HostileRefusal() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link HostileLoadContract}. */
    @Nested
    public class HostileLoad extends HostileLoadContract {
        /** JUnit calls this constructor. */
        public HostileLoad() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link ExportContract}. */
    @Nested
    public class Export extends ExportContract {
        /** JUnit calls this constructor. */
        public Export() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link TransferContract}. */
    @Nested
    public class Transfer extends TransferContract {
        /** JUnit calls this constructor. */
        public Transfer() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link CapabilitiesContract}. */
    @Nested
    public class Capabilities extends CapabilitiesContract {
        /** JUnit calls this constructor. */
        public Capabilities() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link DurabilityContract}. */
    @Nested
    public class Durability extends DurabilityContract {
        /** JUnit calls this constructor. */
        public Durability() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link LifeCycleContract}. */
    @Nested
    public class LifeCycle extends LifeCycleContract {
        /** JUnit calls this constructor. */
        public LifeCycle() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }
}
