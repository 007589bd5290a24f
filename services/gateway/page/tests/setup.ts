// What modules of the page read when they are loaded, and Node does not have.
import { vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
vi.stubGlobal("location", { hash: "", origin: "http://page" });
vi.stubGlobal("addEventListener", () => undefined);
