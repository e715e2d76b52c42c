// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot3;

import dev.allotment.springboot.test.JpaSlice;
import org.springframework.boot.test.autoconfigure.orm.jpa.DataJpaTest;

@DataJpaTest(
        showSql = false,
        properties = {"logging.level.root=warn", "spring.main.banner-mode=off"})
class SliceOfSpringBoot3Test extends JpaSlice {}
