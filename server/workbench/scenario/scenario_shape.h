// The form of a scenario file as data: every key, what it accepts and what it means.
#pragma once

#include "catalog/parse/shape.h"

namespace usher {

const Shape& ScenarioFileShape();

}  // namespace usher
