using System.Text.Json;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;

namespace MlHub.Server;

/// <summary>
/// An expression of CQL2 (OGC 21-065r2). Its value for an item is text, a number (<see cref="double"/>), true or false, <see cref="Moments"/>, a <see cref="Geometry"/>, a list
/// (<c>object?[]</c>), or null if it is unknown.
/// </summary>
internal abstract record Cql
{
    /// <summary>The greatest number of expressions inside one another. More would overflow the stack.</summary>
    public const int MaxDepth = 64;

    /// <summary>The number of expressions inside one another, this one included.</summary>
    public virtual int Depth => 1;

    public abstract object? ValueFor(JsonElement item);

    /// <summary>Whether an item meets the expression. It does not if the value is unknown.</summary>
    public bool IsMetBy(JsonElement item) => ValueFor(item) is true;

    /// <summary>An expression that an item meets if it meets all of these. Null if there is none.</summary>
    public static Cql? All(params IEnumerable<Cql?> conditions) => conditions.OfType<Cql>().ToList() switch
    {
        [] => null,
        [var only] => only,
        var many => Operation.Create("and", many),
    };

    internal sealed record Constant(object? Value) : Cql
    {
        public override object? ValueFor(JsonElement item) => Value;
    }

    internal sealed record Property(string Name) : Cql
    {
        // An item without a moment has an interval. A moment that is not of RFC 3339 is read as conditions on the time of items read it.
        public override object? ValueFor(JsonElement item) => ItemFields.ValueOf(ItemFields.Find(item, Name)) switch
        {
            null when Name is "datetime" or "properties.datetime" => ItemFields.TimeOf(item) is { } time ? time : null,
            string text when Name is "datetime" or "properties.datetime" && !Rfc3339.TryReadTime(text, out _) && ItemFields.TimeOf(item) is { } time => time,
            var value => value,
        };
    }

    internal sealed record Operation : Cql
    {
        private readonly CqlOperator _operator;

        private Operation(string name, CqlOperator implementation, IReadOnlyList<Cql> arguments) =>
            (Name, _operator, Arguments, Depth) = (name, implementation, arguments, 1 + arguments.Max(argument => argument.Depth));

        public override int Depth { get; }

        public string Name { get; }

        public IReadOnlyList<Cql> Arguments { get; }

        /// <summary>An operation, after a check of the number of its arguments.</summary>
        /// <exception cref="InvalidFilterException">There is no such operator, or not with so many arguments.</exception>
        public static Cql Create(string name, IReadOnlyList<Cql> arguments)
        {
            var implementation = CqlOperator.Find(name) ?? throw new InvalidFilterException($"filter: '{name}' is not supported. Operators and functions are {CqlOperator.Names}.");
            if (arguments.Count < implementation.MinArguments || arguments.Count > implementation.MaxArguments)
            {
                throw new InvalidFilterException($"filter: '{name}' cannot have {arguments.Count} argument{(arguments.Count == 1 ? "" : "s")}.");
            }

            if (arguments.Any(argument => argument.Depth >= MaxDepth))
            {
                throw new InvalidFilterException($"filter has more than {MaxDepth} expressions inside one another.");
            }

            var lower = name.ToLowerInvariant();
            CqlOperator.RequireCheap(lower, [.. arguments.OfType<Constant>().Select(constant => constant.Value)], arguments.Count);
            return lower == "s_intersects" && arguments is [var shape, Constant { Value: Geometry area }] ? new Intersects(shape, area) : new Operation(lower, implementation, arguments);
        }

        public override object? ValueFor(JsonElement item)
        {
            var values = new object?[Arguments.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Arguments[i].ValueFor(item);
            }

            return _operator.Apply(values);
        }
    }

    /// <summary>Whether a geometry has a point in common with an area that is the same for all items.</summary>
    internal sealed record Intersects(Cql Shape, Geometry Area) : Cql
    {
        private readonly IPreparedGeometry _area = PreparedGeometryFactory.Prepare(Area);

        public override int Depth => 1 + Shape.Depth;

        public override object? ValueFor(JsonElement item)
        {
            if (Shape.ValueFor(item) is not Geometry shape)
            {
                return null;
            }

            try
            {
                return _area.Intersects(shape);
            }
            catch (Exception error) when (error is TopologyException or ArgumentException)
            {
                // A collection of geometries, or a shape that crosses itself.
                return CqlOperator.Intersect(Area, shape);
            }
        }
    }
}
