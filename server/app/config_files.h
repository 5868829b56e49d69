// The files that settings of the server name.
#pragma once

#include "server/app/config.h"
#include "server/base/settings.h"

namespace usher {

// Everything that is wrong with the catalog, the TLS files, the payload key and the place of the store, as far as it
// can be seen without opening the store. Changes nothing. `config` is what was read of `settings`; what is missing
// there has been told already.
void CheckFiles(const Settings& settings, const Config& config, Problems& problems);

// The part of it that is about the store, `sqlite:PATH`.
void CheckStoreFile(const SettingValue& store, Problems& problems);

}  // namespace usher
