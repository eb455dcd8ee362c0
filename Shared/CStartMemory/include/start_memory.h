#pragma once

// Gives back the pages of code and constants, of the executable and its libraries, that are mapped now. See StartMemory.swift.
void nephoran_give_back_code(void);
