/** The sign of the product: a track that parts. Decoration; the name stands beside it. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M6 16h7c6 0 5-8 13-8M13 16c6 0 5 8 13 8" />
    </svg>
  );
}
