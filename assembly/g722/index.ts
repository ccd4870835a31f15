export * from "./encode";
export * from "./decode";
export * from "./follow";
